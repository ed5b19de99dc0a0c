import React, { useRef } from 'react';

import { ApiError } from '../api/errors';
import { Banner } from '../components/banner';
import { pageLocale } from '../components/age';
import { Field } from '../components/field';
import { isUsable } from '../model/server';
import type { IDashwright } from '../tokens';
import { DataField } from './datafield';
import { hasContent } from './notepad';
import { Preferences } from './preferences';
import type { IPageProps } from './view';

/** Characters; as the API has it. */
const QUESTION_LIMIT = 4000;

export function QuestionPage({ stages }: IPageProps): React.ReactElement {
  const { form, means } = stages;
  const { model, trans } = means.dashwright;
  const { question } = form;
  const create = (): void => void stages.create();
  return (
    <form
      className="dw-New-form"
      aria-label={trans.__('New dashboard')}
      noValidate
      onSubmit={event => {
        event.preventDefault();
        create();
      }}
      onKeyDown={event => {
        if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
          event.preventDefault();
          create();
        }
      }}
    >
      <div className="dw-New-head">
        <h2>{trans.__('New dashboard')}</h2>
        {hasContent(question) && (
          <button
            type="button"
            className="jp-mod-styled jp-mod-minimal"
            onClick={() => {
              stages.clear();
            }}
          >
            {trans.__('Begin anew')}
          </button>
        )}
      </div>
      {!isUsable(model.server) && (
        <Banner
          kind="warning"
          action={{
            label: trans.__('Try now'),
            act: () => {
              model.retry();
            }
          }}
        >
          {trans.__(
            'The server does not answer as it should. What you type is kept in this browser.'
          )}
        </Banner>
      )}
      <Question stages={stages} />
      <DataField stages={stages} />
      <Preferences form={form} trans={trans} />
      {form.problem && (
        <Banner kind="error">{sentenceOf(form.problem, trans)}</Banner>
      )}
      <div className="dw-New-foot">
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => {
            stages.find();
          }}
        >
          {trans.__('Search for Data…')}
        </button>
        <button type="submit" className="jp-mod-styled jp-mod-accept">
          {trans.__('Create')}
        </button>
      </div>
    </form>
  );
}

function Question({ stages }: IPageProps): React.ReactElement {
  const { form, means } = stages;
  const { trans } = means.dashwright;
  const { text } = form.question;
  const box = useRef<HTMLTextAreaElement>(null);
  return (
    <>
      <Field
        label={trans.__('What do you want to know?')}
        hint={trans.__(
          'Say what is to be measured, by what it is compared, and over which time. Ctrl+Enter creates.'
        )}
        error={form.faults.text}
      >
        {control => (
          <textarea
            {...control}
            ref={box}
            className="jp-mod-styled"
            data-first-focus
            rows={4}
            maxLength={QUESTION_LIMIT}
            value={text}
            onChange={({ target }) => {
              form.set({ text: target.value });
            }}
          />
        )}
      </Field>
      {text === '' && (
        <ul className="dw-New-examples" aria-label={trans.__('Examples')}>
          {examples(trans).map(([what, example]) => (
            <li key={what}>
              <button
                type="button"
                onClick={() => {
                  form.set({ text: example });
                  box.current?.focus();
                }}
              >
                <span className="dw-New-example-what">{what}</span> {example}
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

/** What each kind of question leads to, and one of that kind about data that comes along with Dashwright. */
function examples(trans: IDashwright['trans']): [string, string][] {
  return [
    [
      trans.__('Change over time'),
      trans.__(
        'How have life expectancy and income changed across the world since 1955?'
      )
    ],
    [
      trans.__('Comparison'),
      trans.__(
        'Which airports and airlines have the most bird strikes, and what do they cost?'
      )
    ],
    [
      trans.__('Relation'),
      trans.__(
        'Do penguins with longer flippers weigh more, for each species and island?'
      )
    ],
    [
      trans.__('Your own file'),
      trans.__(
        'How do sales differ by region and month, and which product grew most?'
      )
    ]
  ];
}

/** With the time from which it can be asked again, where there is one. */
function sentenceOf(error: Error, trans: IDashwright['trans']): string {
  if (error instanceof ApiError && error.status === 429 && error.retryAfter) {
    const time = new Date(Date.now() + error.retryAfter * 1000);
    const form = new Intl.DateTimeFormat(pageLocale(), { timeStyle: 'short' });
    return trans.__(
      '%1 You can ask again at %2. What you typed is kept.',
      error.message,
      form.format(time)
    );
  }
  return error.message;
}
