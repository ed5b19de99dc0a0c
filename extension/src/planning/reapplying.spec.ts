import { describe, expect, it } from 'vitest';

import { overlaps } from './layout';
import { differences, reapplied } from './reapplying';
import { bar, plan } from '../testing/planning';

const base = plan();
const titled = (id: string, title: string): typeof base => ({
  ...base,
  widgets: base.widgets.map(one => (one.id === id ? { ...one, title } : one))
});

describe('differences', () => {
  it('tells what was added, removed and changed, by fields', () => {
    const after = {
      ...titled('a', 'New'),
      title: 'Other',
      widgets: [...titled('a', 'New').widgets.slice(0, 2), bar('d')]
    };
    expect(
      differences(base, after).map(({ id, how, fields }) => [
        id,
        how,
        ...fields
      ])
    ).toEqual([
      ['title', 'changed', 'title'],
      ['a', 'changed', 'title'],
      ['d', 'added'],
      ['c', 'removed']
    ]);
    expect(differences(base, structuredClone(base))).toEqual([]);
  });
});

describe('reapplied', () => {
  it('brings edits of different things and different fields together', () => {
    const mine = titled('a', 'Mine');
    const theirs = {
      ...base,
      title: 'Theirs',
      widgets: base.widgets
        .filter(({ id }) => id !== 'c')
        .map(one => (one.id === 'a' ? { ...one, why: 'Theirs' } : one))
    };

    const { plan: both, conflicts } = reapplied(base, mine, theirs);

    expect(conflicts).toEqual([]);
    expect(both.title).toBe('Theirs');
    expect(both.widgets.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(both.widgets[0]).toMatchObject({ title: 'Mine', why: 'Theirs' });
  });

  it('lets the edits win where both have changed the same, and says so', () => {
    const { plan: both, conflicts } = reapplied(
      base,
      titled('a', 'Mine'),
      titled('a', 'Theirs')
    );

    expect(both.widgets[0]?.title).toBe('Mine');
    expect(conflicts).toMatchObject([{ id: 'a', fields: ['title'] }]);
    expect(
      reapplied(base, titled('a', 'Same'), titled('a', 'Same')).conflicts
    ).toEqual([]);
  });

  it('keeps what one has changed and the other removed, and says so', () => {
    const without = {
      ...base,
      widgets: base.widgets.filter(({ id }) => id !== 'a')
    };

    const kept = reapplied(base, titled('a', 'Mine'), without);
    expect(kept.plan.widgets.map(({ id }) => id).sort()).toEqual([
      'a',
      'b',
      'c'
    ]);
    expect(kept.conflicts).toMatchObject([{ id: 'a', how: 'removed' }]);

    const gone = reapplied(base, without, titled('a', 'Theirs'));
    expect(gone.plan.widgets.map(({ id }) => id)).toEqual(['b', 'c']);
    expect(gone.conflicts).toMatchObject([{ id: 'a', how: 'changed' }]);
  });

  it('finds room for what both have added at the same place', () => {
    const place = { position: { x: 0, y: 9, width: 6, height: 5 } };
    const mine = { ...base, widgets: [...base.widgets, bar('m', place)] };
    const theirs = { ...base, widgets: [...base.widgets, bar('t', place)] };

    const { widgets } = reapplied(base, mine, theirs).plan;

    expect(widgets).toHaveLength(5);
    const clash = widgets.some((one, at) =>
      widgets.slice(0, at).some(other => overlaps(one.position, other.position))
    );
    expect(clash).toBe(false);
  });

  it('keeps the order of who has changed it', () => {
    const turned = { ...base, widgets: [...base.widgets].reverse() };
    const ids = (one: typeof base): string[] => one.widgets.map(({ id }) => id);
    expect(ids(reapplied(base, turned, base).plan)).toEqual(['c', 'b', 'a']);
    expect(ids(reapplied(base, base, turned).plan)).toEqual(['c', 'b', 'a']);
  });
});
