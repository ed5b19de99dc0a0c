// The page that a plan makes, and which edit it shows.
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { besides } from '../api/about';
import { Banner } from '../components/banner';
import { Progress } from '../components/progress';
import { permissionsOf } from '../preview/preview';
import { messageOf } from './amending';
import type { Editor } from './editor';
import { idsOf, type IItemPart, type Part } from './nouns';
import type { IEdit, IFailure } from './previewing';

interface ILookingProps {
  editor: Editor;
  trans: TranslationBundle;
  onSelect: (part: Part) => void;
}

export function Looking(props: ILookingProps): React.ReactElement {
  const { editor, trans } = props;
  const { shown, run, failure } = editor.previewing;
  const { now } = editor.history ?? {};
  const isBehind = shown !== null && shown.edit.plan !== now?.value;
  const version = shown?.version ?? editor.version;
  const page = editor.model.page(editor.slug);
  const address =
    page && version > 0
      ? besides(`${page}/versions/${version}`, window.location.hostname)
      : null;
  return (
    <div className="dw-Plan-looking">
      <div className="dw-Plan-lookingHead">
        <span className="dw-Plan-said" role="status">
          {shown
            ? isBehind
              ? trans.__(
                  'Preview of %1. You have edited since.',
                  nameOf(shown.edit, trans)
                )
              : trans.__('Preview of %1, not saved', nameOf(shown.edit, trans))
            : editor.isDirty
              ? trans.__('Version %1, without your edits', editor.version)
              : trans.__('Version %1, as published', editor.version)}
        </span>
        <label className="dw-Plan-live">
          <input
            type="checkbox"
            className="jp-mod-styled"
            checked={editor.isLive}
            disabled={!editor.canEdit}
            onChange={event => {
              editor.setLive(event.target.checked);
            }}
          />
          {trans.__('Live')}
        </label>
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          disabled={!editor.canEdit || !editor.isDirty || run !== null}
          onClick={() => {
            editor.preview();
          }}
        >
          {trans.__('Preview now')}
        </button>
      </div>
      {run && (
        <div className="dw-Plan-work">
          <span>
            {trans.__(
              'Previewing %1: %2',
              nameOf(run.edit, trans),
              messageOf(run.job, trans)
            )}
          </span>
          <Progress
            label={trans.__('Making the preview')}
            value={run.job?.progress ?? null}
          />
        </div>
      )}
      {failure && <Failed {...props} failure={failure} />}
      {address === null ? (
        <p className="dw-Plan-hint">
          {trans.__(
            'No viewer runs, so there is no page to be shown. Start one with "dashwright up".'
          )}
        </p>
      ) : (
        <iframe
          key={address}
          src={address}
          title={
            shown
              ? trans.__('Preview of the edited plan')
              : trans.__('The published page')
          }
          referrerPolicy="no-referrer"
          sandbox={permissionsOf(address).join(' ')}
        />
      )}
    </div>
  );
}

function Failed({
  editor,
  trans,
  failure,
  onSelect
}: ILookingProps & { failure: IFailure }): React.ReactElement {
  const { edit, sentence, cell, line } = failure;
  const part = partOf(editor, cell);
  return (
    <Banner
      kind="error"
      action={
        part
          ? {
              label: trans.__('Show'),
              act: () => {
                onSelect(part);
              }
            }
          : undefined
      }
    >
      <b>{trans.__('Preview failed')}</b> ({nameOf(edit, trans)}). {sentence}
      {cell !== null && (
        <>
          {' '}
          {line === null
            ? trans.__('It is the cell %1.', cell)
            : trans.__('It is the cell %1, line %2.', cell, line)}
        </>
      )}
    </Banner>
  );
}

/** The cells of widgets and insights are named after them. */
function partOf({ plan }: Editor, cell: string | null): IItemPart | null {
  const [, kind, id] = /^(widget|insight)-(.+)$/.exec(cell ?? '') ?? [];
  const known = kind as 'widget' | 'insight' | undefined;
  return plan && known && id !== undefined && idsOf(plan, known).includes(id)
    ? { kind: known, id }
    : null;
}

function nameOf({ label, number }: IEdit, trans: TranslationBundle): string {
  return trans.__('edit %1 (%2)', number, label);
}
