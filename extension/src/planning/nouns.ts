// The plan as the API has it, and the words for its parts. A plan is never changed: each edit makes another one.
import type { components } from '../api/schema';

type Schemas = components['schemas'];

export type Plan = Schemas['Plan-Output'];
export type Widget = Plan['widgets'][number];
export type WidgetType = Widget['type'];
export type WidgetOf<T extends WidgetType> = Extract<Widget, { type: T }>;
export type Filter = Plan['filters'][number];
export type FilterType = Filter['type'];
export type Insight = Plan['insights'][number];
export type InsightType = Insight['type'];
export type Expectation = Plan['expectations'][number];
export type Dimension = Schemas['Dimension-Output'];
export type Measure = Schemas['Measure-Output'];
export type Condition = Schemas['Condition-Output'];
export type Operator = Condition['operator'];
export type Aggregate = NonNullable<Measure['aggregate']>;
export type TimeUnit = NonNullable<Dimension['time_unit']>;
export type ValueFormat = Measure['format'];
export type Position = Schemas['Position'];
export type Column = Schemas['Column'];
export type Table = Schemas['Table'];

export type ItemKind = 'filter' | 'widget' | 'insight' | 'expectation';
export type Item = Filter | Widget | Insight | Expectation;

/** One of the things in a plan, by its id. */
export interface IItemPart {
  kind: ItemKind;
  id: string;
}

/** What can be selected: the plan itself, one of the things in it, or what is to be done with it. */
export type Part =
  IItemPart | { kind: 'plan' } | { kind: 'add' } | { kind: 'amend' };

const LISTS = {
  filter: 'filters',
  widget: 'widgets',
  insight: 'insights',
  expectation: 'expectations'
} as const satisfies Record<ItemKind, keyof Plan>;

/** Expectations have no ids: they go by what they are about and their place among the others about it. */
export function idsOf(plan: Plan, kind: ItemKind): string[] {
  if (kind !== 'expectation') {
    return plan[LISTS[kind]].map(item => item.id);
  }
  const seen = new Map<string, number>();
  return plan.expectations.map(({ frame }) => {
    const count = (seen.get(frame) ?? 0) + 1;
    seen.set(frame, count);
    return count === 1 ? frame : `${frame} ${count}`;
  });
}

export function itemsOf(plan: Plan, kind: ItemKind): readonly Item[] {
  return plan[LISTS[kind]];
}

export function withItems(
  plan: Plan,
  kind: ItemKind,
  items: readonly Item[]
): Plan {
  return { ...plan, [LISTS[kind]]: items };
}

export function itemOf(plan: Plan, kind: ItemKind, id: string): Item | null {
  return itemsOf(plan, kind)[idsOf(plan, kind).indexOf(id)] ?? null;
}

/** With another item in the place of the one of this id. */
export function withItem(
  plan: Plan,
  kind: ItemKind,
  id: string,
  item: Item
): Plan {
  const at = idsOf(plan, kind).indexOf(id);
  const items = itemsOf(plan, kind).map((one, i) => (i === at ? item : one));
  return withItems(plan, kind, items);
}

export function partKey(part: Part): string {
  return 'id' in part ? `${part.kind}:${part.id}` : part.kind;
}

/** Whether two values have the same content. */
export function isSame(one: unknown, other: unknown): boolean {
  if (one === other) {
    return true;
  }
  if (typeof one !== 'object' || typeof other !== 'object' || !one || !other) {
    return false;
  }
  const [a, b] = [one, other] as Record<string, unknown>[];
  const keys = Object.keys(a ?? {});
  return (
    Array.isArray(one) === Array.isArray(other) &&
    keys.length === Object.keys(b ?? {}).length &&
    keys.every(key => isSame(a?.[key], b?.[key]))
  );
}

/** A name that nothing in the plan has yet: "bar", "bar_2", … */
export function freeId(plan: Plan, wish: string): string {
  const base = wish.toLowerCase().replace(/[^a-z0-9]+/g, '_');
  const stem = /^[a-z]/.test(base) ? base.slice(0, 58) : `a_${base}`;
  const taken = new Set([
    ...plan.tables,
    ...plan.joins.map(({ name }) => name),
    ...plan.parameters.map(({ name }) => name),
    ...[...plan.filters, ...plan.widgets, ...plan.insights].map(({ id }) => id)
  ]);
  for (let count = 1; ; count++) {
    const id = count === 1 ? stem : `${stem}_${count}`;
    if (!taken.has(id)) {
      return id;
    }
  }
}
