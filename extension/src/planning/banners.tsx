// What has happened that whoever edits must know: that somebody else has changed the plan, that it cannot be changed, …
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { Banner } from '../components/banner';
import { Progress } from '../components/progress';
import { messageOf } from './amending';
import { problemsAt } from './checking';
import type { Editor } from './editor';
import { differenceOf } from './wording';

interface IBannersProps {
  editor: Editor;
  trans: TranslationBundle;
}

export function Banners({ editor, trans }: IBannersProps): React.ReactElement {
  const { told, work, theirs, elsewhere, checking, model } = editor;
  const general = problemsAt(checking.problems, { kind: 'plan' }).filter(
    ({ field }) => !['title', 'description', 'notes'].includes(field)
  );
  return (
    <div className="dw-Plan-banners">
      {editor.isGone && (
        <Banner kind="error">
          {trans.__(
            'This dashboard was deleted. What you see is what you had; there is nothing to save it to.'
          )}
        </Banner>
      )}
      {editor.readOnly !== null && (
        <Banner kind="info">
          {trans.__(
            'You can look, but not change anything. %1',
            editor.readOnly
          )}
        </Banner>
      )}
      {model.server.kind === 'gone' && (
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
            'The server does not answer. Your edits are kept in this browser; they can be checked and saved when it is back.'
          )}
        </Banner>
      )}
      {told && (
        <Banner
          kind={told.kind}
          action={{
            label: trans.__('Dismiss'),
            act: () => {
              editor.dismiss();
            }
          }}
        >
          {told.sentence}
        </Banner>
      )}
      {work?.what === 'save' && (
        <div className="dw-Plan-work" role="status">
          {trans.__('Saving: %1', messageOf(work.job, trans))}
          <Progress
            label={trans.__('Making the new version')}
            value={work.job?.progress ?? null}
          />
        </div>
      )}
      {theirs && <Theirs editor={editor} trans={trans} />}
      {elsewhere && (
        <Banner
          kind="warning"
          action={{
            label: trans.__('Take them over'),
            act: () => {
              editor.takeOver(true);
            }
          }}
        >
          {trans.__(
            'This plan is being edited in another window, too. Its edits are not here.'
          )}
          <button
            type="button"
            className="jp-mod-styled jp-mod-minimal"
            onClick={() => {
              editor.takeOver(false);
            }}
          >
            {trans.__('Go on with mine')}
          </button>
        </Banner>
      )}
      {general.map(({ sentence }) => (
        <Banner key={sentence} kind="error">
          {sentence}
        </Banner>
      ))}
    </div>
  );
}

/** Somebody else has changed the plan: what, and what is to become of the edits. */
function Theirs({ editor, trans }: IBannersProps): React.ReactElement | null {
  const { theirs } = editor;
  if (!theirs) {
    return null;
  }
  const { changes, conflicts } = theirs;
  return (
    <div className="dw-Banner dw-mod-warning dw-Plan-theirs" role="alert">
      <div className="dw-Banner-text">
        <b>{trans.__('Somebody else has changed this plan.')}</b>
        <ul>
          {changes.map(one => (
            <li key={`${one.kind}:${one.id}`}>{differenceOf(trans, one)}</li>
          ))}
        </ul>
        {conflicts.length > 0 && (
          <>
            {trans.__('You have changed the same:')}
            <ul>
              {conflicts.map(one => (
                <li key={`${one.kind}:${one.id}`}>
                  {differenceOf(trans, one)}
                </li>
              ))}
            </ul>
          </>
        )}
        <div className="dw-Plan-buttons">
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            onClick={() => {
              editor.settle('reapply');
            }}
          >
            {trans.__('Put my edits on top')}
          </button>
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => {
              editor.settle('mine');
            }}
          >
            {trans.__('Keep my plan instead')}
          </button>
          <button
            type="button"
            className="jp-mod-styled"
            onClick={() => {
              editor.settle('theirs');
            }}
          >
            {trans.__('Take theirs')}
          </button>
        </div>
      </div>
    </div>
  );
}
