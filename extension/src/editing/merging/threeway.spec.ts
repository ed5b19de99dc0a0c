import { describe, expect, it } from 'vitest';

import { notebook } from '../../testing/notebooks';
import { idOf, sourceOf } from '../notebook';
import { decided, merged } from './threeway';

type Cells = Record<string, string>;

const BASE = { load: 'l', chart: 'c', page: 'p' };

function shown(content: ReturnType<typeof notebook>): Cells {
  const cells = content.cells.slice(1);
  return Object.fromEntries(cells.map(cell => [idOf(cell), sourceOf(cell)]));
}

function merge(mine: Cells, theirs: Cells): ReturnType<typeof merged> {
  return merged(notebook(BASE), notebook(mine), notebook(theirs));
}

describe('merging by cells', () => {
  it('takes what only one side changed, added or removed', () => {
    const { notebook: made, conflicts } = merge(
      { load: 'mine', chart: 'c', page: 'p', own: 'o' },
      { load: 'l', chart: 'theirs', extra: 'e' }
    );

    expect(conflicts).toEqual([]);
    expect(shown(made)).toEqual({
      load: 'mine',
      chart: 'theirs',
      extra: 'e',
      own: 'o'
    });
    expect(Object.keys(shown(made))).toEqual(['load', 'chart', 'extra', 'own']);
  });

  it('is no conflict where both did the same', () => {
    const same = { load: 'both', page: 'p' };
    const { notebook: made, conflicts } = merge(same, same);

    expect(conflicts).toEqual([]);
    expect(shown(made)).toEqual(same);
  });

  it.each<[string, Cells, Cells, (string | null)[]]>([
    [
      'both changed',
      { ...BASE, chart: 'm' },
      { ...BASE, chart: 't' },
      ['c', 'm', 't']
    ],
    [
      'one changed and the other removed',
      { ...BASE, chart: 'm' },
      { load: 'l', page: 'p' },
      ['c', 'm', null]
    ],
    [
      'one removed and the other changed',
      { load: 'l', page: 'p' },
      { ...BASE, chart: 't' },
      ['c', null, 't']
    ]
  ])('keeps mine where %s, and tells', (_, mine, theirs, sides) => {
    const { notebook: made, conflicts } = merge(mine, theirs);

    expect(shown(made)).toEqual(mine);
    expect(
      conflicts.map(one => [one.cell, one.base, one.mine, one.theirs])
    ).toEqual([['chart', ...sides]]);
  });

  it('does what was decided, and brings removed cells back to their place', () => {
    const theirs = notebook({ ...BASE, chart: 't' });
    const mine = notebook({ load: 'l', page: 'p' });

    const back = decided(mine, theirs, new Map([['chart', 't']]));
    const gone = decided(theirs, theirs, new Map([['chart', null]]));

    expect(Object.keys(shown(back))).toEqual(['load', 'chart', 'page']);
    expect(shown(gone)).toEqual({ load: 'l', page: 'p' });
  });
});
