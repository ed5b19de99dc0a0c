import { describe, expect, it } from 'vitest';

import { bar, column, COLUMNS, plan } from '../testing/planning';
import {
  insightOf,
  laidOut,
  moved,
  newFilter,
  newWidget,
  orderOf,
  retyped,
  withWidget,
  without
} from './editing';
import type { Plan } from './nouns';

const base = plan();

function told(one: Plan | null): string {
  return (one?.widgets ?? [])
    .map(({ id, position: { x, y } }) => `${id}${x},${y}`)
    .join(' ');
}

describe('editing a plan', () => {
  it('moves widgets in the order in which they are read, whatever that of the plan is', () => {
    const turned = { ...base, widgets: [...base.widgets].reverse() };
    expect(orderOf(turned, 'widget')).toEqual(['a', 'b', 'c']);
    expect(told(moved(turned, 'widget', 'a', 1))).toBe('b0,0 a6,0 c0,5');
    expect(told(moved(base, 'widget', 'c', 0))).toBe('c0,0 a0,4 b6,4');
  });

  it('is no edit where nothing is moved', () => {
    expect(laidOut(base, base.widgets)).toBe(base);
    expect(moved(base, 'widget', 'nobody', 0)).toBe(base);
  });

  it('closes the gap of what is taken away, and keeps the last widget', () => {
    const [only] = base.widgets;
    expect(
      told(without(without(base, 'widget', 'a') ?? base, 'widget', 'b'))
    ).toBe('c0,0');
    expect(
      without({ ...base, widgets: only ? [only] : [] }, 'widget', 'a')
    ).toBeNull();
  });

  it('adds a suggestion below the others, by a name that is free, and suggests it no more', () => {
    const suggested = plan({ suggestions: [bar('s')] });
    const { plan: made, id } = withWidget(suggested, {
      ...bar('s'),
      type: 'bar',
      title: 'Suggested'
    });
    expect([id, made.suggestions, told(made)]).toEqual([
      's',
      [],
      'a0,0 b6,0 c0,5 s0,9'
    ]);
    const again = withWidget(made, {
      ...bar('s'),
      type: 'bar',
      title: 'Twice'
    });
    expect(again.id).toBe('s_2');
  });

  it('makes filters and insights for which there are columns', () => {
    expect(newFilter(base, 'sales', 'day', COLUMNS)?.type).toBe('date_range');
    expect(newFilter(base, 'sales', 'region', COLUMNS)?.type).toBe('choices');
    const own = { id: 'i', frame: 'sales', where: [], why: '' };
    expect(insightOf('trend', own, COLUMNS)).toMatchObject({
      x: { column: 'day' }
    });
    const texts = new Map([['region', column('region')]]);
    expect(insightOf('trend', own, texts)).toBeNull();
    expect(newWidget('line', new Map([['sales', texts]]))).toBeNull();
  });

  it('keeps title, reason and place when a widget becomes of another type', () => {
    const widget = bar('a', { why: 'Asked for.' });
    expect(retyped(widget, 'table', COLUMNS)).toMatchObject({
      id: 'a',
      title: widget.title,
      why: 'Asked for.',
      position: widget.position,
      by: [{ column: 'region' }],
      values: [{ column: 'amount', aggregate: 'sum' }]
    });
    expect(retyped(widget, 'text', null)).toMatchObject({ text: 'Asked for.' });
  });
});
