// A change in words: the server's planner makes another plan of the published one.
import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useEffect, useState } from 'react';

import { take } from '../api/client';
import type { Job } from '../api/nouns';
import { Progress } from '../components/progress';
import { Text } from './controls';
import type { Editor } from './editor';

/** What a job does now. */
export function messageOf(job: Job | null, trans: TranslationBundle): string {
  return job && job.message !== '' ? job.message : trans.__('waiting');
}

interface IAmendingProps {
  editor: Editor;
  trans: TranslationBundle;
}

/** Characters that the API takes. */
const MOST = 2000;

export function Amending({
  editor,
  trans
}: IAmendingProps): React.ReactElement {
  const [words, setWords] = useState('');
  const questions = useQuestions(editor);
  const { work } = editor;
  const isBusy = work !== null;
  return (
    <form
      onSubmit={event => {
        event.preventDefault();
        void editor.amend(words.trim()).then(isTaken => {
          if (isTaken) {
            setWords('');
          }
        });
      }}
    >
      <Text
        label={trans.__('What should be different?')}
        hint={trans.__(
          'The published plan is changed and made anew. What you have edited here is put on top of it.'
        )}
        placeholder={trans.__('Make it monthly, and drop the pie')}
        value={words}
        most={MOST}
        isLong
        isDisabled={!editor.canEdit || isBusy}
        onChange={setWords}
      />
      <button
        type="submit"
        className="jp-mod-styled jp-mod-accept"
        disabled={!editor.canEdit || isBusy || words.trim() === ''}
      >
        {trans.__('Change')}
      </button>
      {work?.what === 'amend' && (
        <div className="dw-Plan-work">
          <p role="status">{messageOf(work.job, trans)}</p>
          <Progress
            label={trans.__('Changing the plan')}
            value={work.job?.progress ?? null}
          />
        </div>
      )}
      {questions.length > 0 && (
        <>
          <h4>{trans.__('What else the data can tell')}</h4>
          <ul className="dw-Plan-suggestions">
            {questions.map(({ question, why }) => (
              <li key={question}>
                <button
                  type="button"
                  className="dw-Plan-suggestion"
                  disabled={isBusy}
                  onClick={() => {
                    setWords(
                      trans.__('Also show: %1', question).slice(0, MOST)
                    );
                  }}
                >
                  <span>
                    {question}
                    <span className="dw-Plan-why">{why}</span>
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </form>
  );
}

interface IQuestion {
  question: string;
  why: string;
}

/** What could be asked, by the planner that costs nothing: looking at a form must not ask a model. */
function useQuestions(editor: Editor): readonly IQuestion[] {
  const [questions, setQuestions] = useState<readonly IQuestion[]>([]);
  const { model, slug } = editor;
  useEffect(() => {
    const asking = new AbortController();
    const params = { path: { slug }, query: { planner: 'offline' } };
    take(
      model.client.api.GET('/dashboards/{slug}/suggestions', {
        params,
        signal: asking.signal
      })
    )
      .then(({ suggestions }) => {
        setQuestions(suggestions);
      })
      .catch(() => undefined);
    return () => {
      asking.abort();
    };
  }, [model, slug, editor.version]);
  return questions;
}
