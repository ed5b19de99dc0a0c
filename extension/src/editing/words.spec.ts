import { nullTranslator } from '@jupyterlab/translation';
import { describe, expect, it } from 'vitest';

import { ApiError, unreachable } from '../api/errors';
import type { Draft } from '../api/nouns';
import { type Standing, standingOf } from './standing';
import { explanation, saying } from './words';

const trans = nullTranslator.load('dashwright');
const NOW = Date.parse('2026-11-26T10:00:00Z');
const DRAFT: Draft = {
  slug: 'sales',
  exists: true,
  revision: 4,
  based_on: 7,
  published: 7,
  newest: 7,
  is_stale: false,
  behind: 0,
  changes: 3,
  is_edited: true,
  cells: [],
  conflicts: 0,
  saved_at: null,
  saved_by: null,
  data_as_of: '2026-11-26T08:00:00Z',
  run: null,
  run_revision: null
};

function line(standing: Standing, more: Partial<Draft> = {}): string {
  const draft = { ...DRAFT, ...more };
  return saying(standing, draft, false, NOW, 'en', trans).text;
}

describe('the line about a draft', () => {
  it('tells version, changes and age', () => {
    expect(line({ kind: 'sent' })).toBe(
      'Draft · published v7 · 3 changes · data 2h ago'
    );
    expect(line({ kind: 'sent' }, { changes: 0 })).toContain('no changes');
  });

  it('tells what needs a decision before what does not', () => {
    const newer = { is_stale: true, newest: 8, behind: 2 };
    expect(line({ kind: 'sent' }, newer)).toContain('behind by 2 changes');
    expect(line({ kind: 'sent' }, { ...newer, conflicts: 1 })).toContain(
      '1 conflict ·'
    );
  });

  it.each([
    [unreachable(), 'not sent yet'],
    [new ApiError('Busy.', 503, 'busy'), 'not sent yet'],
    [new ApiError('Too many.', 429, 'limit'), 'not sent yet'],
    [new ApiError('No rights.', 403, 'forbidden'), 'not taken'],
    [new ApiError('No notebook.', 422, 'data'), 'not taken'],
    [new ApiError('None.', 404, 'missing'), 'its dashboard is gone']
  ])('says of "%s" that it is %s', (error, text) => {
    expect(line(standingOf(error))).toBe(`Draft · published v7 · ${text}`);
  });

  it('explains where edits are that were not sent', () => {
    const [told] = explanation(standingOf(unreachable()), DRAFT, trans);
    expect(told).toContain('Your edits are in the file');
  });
});
