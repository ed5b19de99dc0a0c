// What can be done to a plan as a whole: take away, add, put in another order, lay out.
import {
  converted,
  type Draft,
  FILTER_DEFAULTS,
  made,
  repaired
} from './choices';
import {
  bottomOf,
  compacted,
  flowed,
  inReadingOrder,
  type Places
} from './layout';
import type { Columns } from './columns';
import { filterTypesOf } from './fields';
import {
  type Filter,
  type FilterType,
  freeId,
  idsOf,
  isSame,
  type Insight,
  type InsightType,
  type Item,
  type ItemKind,
  itemsOf,
  type Plan,
  type Widget,
  type WidgetType,
  withItems
} from './nouns';

/** Without one of its items; null where a plan cannot be without. */
export function without(plan: Plan, kind: ItemKind, id: string): Plan | null {
  const ids = idsOf(plan, kind);
  const rest = itemsOf(plan, kind).filter((_, at) => ids[at] !== id);
  if (kind === 'widget') {
    const widgets = rest as Widget[];
    return widgets.length > 0 ? laidOut(plan, compacted(widgets)) : null;
  }
  return withItems(plan, kind, rest);
}

/** Ids in the order in which people see them: widgets as they are read on the page. */
export function orderOf(plan: Plan, kind: ItemKind): string[] {
  return kind === 'widget'
    ? inReadingOrder(plan.widgets).map(({ id }) => id)
    : idsOf(plan, kind);
}

/** With an item at another place in that order; widgets go there on the page, too. */
export function moved(
  plan: Plan,
  kind: ItemKind,
  id: string,
  to: number
): Plan {
  const from = orderOf(plan, kind).indexOf(id);
  const items: Item[] =
    kind === 'widget' ? inReadingOrder(plan.widgets) : [...itemsOf(plan, kind)];
  const [item] = items.splice(from, 1);
  if (from < 0 || !item) {
    return plan;
  }
  items.splice(Math.max(0, Math.min(items.length, to)), 0, item);
  return kind === 'widget'
    ? laidOut(plan, flowed(items as Widget[]))
    : withItems(plan, kind, items);
}

/** With the widgets where they are said to be, in the order in which they are read there. */
export function laidOut(plan: Plan, places: Places): Plan {
  const at = new Map(places.map(({ id, position }) => [id, position]));
  const isSettled =
    places.length === plan.widgets.length &&
    plan.widgets.every(({ id, position }) => isSame(at.get(id), position));
  if (isSettled) {
    return plan;
  }
  const widgets = plan.widgets.flatMap(widget => {
    const position = at.get(widget.id);
    return position ? [{ ...widget, position }] : [];
  });
  return { ...plan, widgets: inReadingOrder(widgets) };
}

/** Columns and rows that a new widget of each type looks good on. */
const SIZES: Record<WidgetType, readonly [number, number]> = {
  line: [8, 5],
  area: [8, 5],
  bar: [6, 5],
  pie: [4, 5],
  scatter: [6, 5],
  heatmap: [6, 5],
  histogram: [6, 5],
  box: [6, 5],
  metric: [3, 2],
  table: [6, 5],
  map: [6, 5],
  text: [12, 2]
};

/** With one more widget, below all others. */
export function withWidget(
  plan: Plan,
  draft: Draft & { type: WidgetType; title: string }
): { plan: Plan; id: string } {
  const id = freeId(
    plan,
    typeof draft['id'] === 'string' ? draft['id'] : draft.type
  );
  const [width, height] = SIZES[draft.type];
  const position = { x: 0, y: bottomOf(plan.widgets), width, height };
  const bare = { subtitle: null, why: '', frame: null, where: [] };
  const widget = { ...bare, ...draft, id, position } as unknown as Widget;
  const suggestions = plan.suggestions.filter(one => one.id !== draft['id']);
  const next = { ...plan, suggestions, widgets: [...plan.widgets, widget] };
  return { plan: laidOut(next, compacted(next.widgets)), id };
}

/** A widget of another type, with all that fits it. Null: its frame has no columns for such a one. */
export function retyped(
  widget: Widget,
  type: WidgetType,
  columns: Columns | null
): Widget | null {
  const { id, title, subtitle, why, frame, where, position } = widget;
  const own = { id, title, subtitle, why, frame, where, position };
  const draft =
    type === 'text'
      ? { type, text: why || title }
      : columns && converted(widget, type, columns);
  return draft && ({ ...draft, ...own } as unknown as Widget);
}

/** The first frame that there are columns for, and the fields of a new widget on it. */
export function newWidget(
  type: WidgetType,
  frames: ReadonlyMap<string, Columns>
): Draft | null {
  if (type === 'text') {
    return { type, frame: null, text: '…' };
  }
  for (const [frame, columns] of frames) {
    const draft = made(type, columns);
    if (draft) {
      return { ...draft, frame };
    }
  }
  return null;
}

/** A control for a column, of the kind that suits it. */
export function newFilter(
  plan: Plan,
  frame: string,
  name: string,
  columns: Columns
): Filter | null {
  const column = columns.get(name);
  const type = column && filterTypesOf(column).at(-1);
  return type
    ? filterOf(type, freeId(plan, `by_${name}`), frame, name, column.label)
    : null;
}

export function filterOf(
  type: FilterType,
  id: string,
  frame: string,
  column: string,
  label: string
): Filter {
  const own = {
    id,
    column,
    frames: [frame],
    label: label.slice(0, 120),
    why: ''
  };
  return { ...FILTER_DEFAULTS[type], ...own, type } as unknown as Filter;
}

/** An insight of another type, or a new one. Null: its frame has no columns for such a one. */
export function insightOf(
  type: InsightType,
  own: Pick<Insight, 'id' | 'frame' | 'where' | 'why'>,
  columns: Columns,
  before: Draft = {}
): Insight | null {
  const kept = Object.fromEntries(
    Object.entries(before).filter(([name]) =>
      ['x', 'y', 'detail'].includes(name)
    )
  );
  const defaults: Partial<Record<InsightType, Draft>> = {
    extreme: { which: 'highest' },
    share: { top: 1 }
  };
  const start = { ...defaults[type], ...kept, type };
  // What said something else in the other type does not go along.
  const wording = before['type'] === type ? before['wording'] : null;
  const draft = repaired(start, columns);
  return (
    draft &&
    ({ ...draft, ...own, wording: wording ?? null } as unknown as Insight)
  );
}
