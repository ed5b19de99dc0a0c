// How a draft stands, in words.
import type { TranslationBundle } from '@jupyterlab/translation';

import { relative } from '../components/age';
import type { Draft } from '../api/nouns';
import type { Standing } from './standing';

export type Mood = 'calm' | 'busy' | 'warning';

export interface ISaying {
  text: string;
  mood: Mood;
}

/** The line of the status bar. `now`: milliseconds. */
export function saying(
  standing: Standing,
  draft: Draft | null,
  isDirty: boolean,
  now: number,
  locale: string | undefined,
  trans: TranslationBundle
): ISaying {
  const parts = [trans.__('Draft')];
  if (draft) {
    parts.push(trans.__('published v%1', draft.published));
    if (draft.conflicts > 0) {
      parts.push(trans._n('%1 conflict', '%1 conflicts', draft.conflicts));
    } else if (draft.is_stale) {
      parts.push(
        trans._n('behind by %1 change', 'behind by %1 changes', draft.behind)
      );
    }
    parts.push(
      draft.changes === 0
        ? trans.__('no changes')
        : trans._n('%1 change', '%1 changes', draft.changes)
    );
    const age = relative(draft.data_as_of, now, locale, 'narrow');
    parts.push(trans.__('data %1', age));
  }
  const special = trouble(standing, isDirty, trans);
  return special
    ? {
        text: [...parts.slice(0, 2), special.text].join(' · '),
        mood: special.mood
      }
    : {
        text: parts.join(' · '),
        mood:
          draft && (draft.conflicts > 0 || draft.is_stale) ? 'warning' : 'calm'
      };
}

function trouble(
  standing: Standing,
  isDirty: boolean,
  trans: TranslationBundle
): ISaying | null {
  switch (standing.kind) {
    case 'opening':
      return { text: trans.__('reads the draft'), mood: 'busy' };
    case 'sending':
      return { text: trans.__('saves the draft'), mood: 'busy' };
    case 'waiting':
      return { text: trans.__('not sent yet'), mood: 'warning' };
    case 'refused':
      return { text: trans.__('not taken'), mood: 'warning' };
    case 'parted':
      return { text: trans.__('also changed elsewhere'), mood: 'warning' };
    case 'gone':
      return { text: trans.__('its dashboard is gone'), mood: 'warning' };
    case 'sent':
      return isDirty
        ? { text: trans.__('edited, not saved'), mood: 'calm' }
        : null;
  }
}

/** What it means, in a sentence or two for each thing. */
export function explanation(
  standing: Standing,
  draft: Draft | null,
  trans: TranslationBundle
): string[] {
  const told: string[] = [];
  switch (standing.kind) {
    case 'waiting':
      told.push(
        trans.__(
          'The server does not take the draft now: %1 Your edits are in the file, and are sent when it does.',
          standing.error.message
        )
      );
      break;
    case 'refused':
      told.push(
        trans.__(
          'The draft was not saved: %1 Your edits are in the file.',
          standing.error.message
        )
      );
      break;
    case 'parted':
      told.push(
        standing.by === null
          ? trans.__(
              'The draft was also saved elsewhere, in another tab or by somebody else. Nothing is lost: decide which cells are taken.'
            )
          : trans.__(
              'The draft was also saved by %1. Nothing is lost: decide which cells are taken.',
              standing.by
            )
      );
      break;
    case 'gone':
      told.push(
        trans.__(
          'The dashboard was deleted, or is no longer yours to change. This file stays, as an ordinary notebook.'
        )
      );
      return told;
    default:
  }
  if (draft) {
    told.push(...aboutDraft(draft, trans));
  }
  return told;
}

function aboutDraft(draft: Draft, trans: TranslationBundle): string[] {
  const told = [
    draft.changes === 0
      ? trans.__(
          'Viewers see version %1, and the draft is the same.',
          draft.published
        )
      : trans.__(
          'Viewers see version %1. They see your changes when the draft is published.',
          draft.published
        )
  ];
  if (draft.conflicts > 0) {
    told.push(
      trans.__(
        'You and a changed plan have both changed some cells. The draft keeps yours until you decide.'
      )
    );
  } else if (draft.is_stale) {
    told.push(
      trans.__(
        'Version %1 is newer than version %2, which the draft is based on.',
        draft.newest,
        draft.based_on
      )
    );
  }
  return told;
}
