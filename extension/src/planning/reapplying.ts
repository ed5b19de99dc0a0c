// Two people have changed the same plan: what each has changed, and both together.
import { bottomOf, compacted, overlaps } from './layout';
import {
  idsOf,
  isSame,
  type Item,
  type ItemKind,
  itemsOf,
  type Plan,
  withItems
} from './nouns';

/** Something that differs between two plans. */
export interface IDifference {
  kind: ItemKind | 'plan';
  /** Of the item; of the plan itself, the field. */
  id: string;
  title: string;
  how: 'added' | 'removed' | 'changed';
  /** Names of the fields that differ, where it was changed. */
  fields: string[];
}

export interface IReapplied {
  plan: Plan;
  /** What both have changed in different ways: the edits that are reapplied win. */
  conflicts: IDifference[];
}

export const KINDS: readonly ItemKind[] = [
  'filter',
  'widget',
  'insight',
  'expectation'
];
/** Fields of the plan itself that people change, or that others follow from. */
const OWN = [
  'title',
  'description',
  'notes',
  'question',
  'tables',
  'joins',
  'parameters'
] as const satisfies (keyof Plan)[];

/** What has become different, in the order of the outline. */
export function differences(before: Plan, after: Plan): IDifference[] {
  const own: IDifference[] = OWN.filter(
    name => !isSame(before[name], after[name])
  ).map(id => ({
    kind: 'plan',
    id,
    title: after.title,
    how: 'changed',
    fields: [id]
  }));
  return [...own, ...KINDS.flatMap(kind => differencesOf(kind, before, after))];
}

function differencesOf(
  kind: ItemKind,
  before: Plan,
  after: Plan
): IDifference[] {
  const [old, now] = [byId(before, kind), byId(after, kind)];
  const found: IDifference[] = [];
  for (const [id, item] of now) {
    const was = old.get(id);
    const fields = was ? changedFields(was, item) : [];
    if (!was || fields.length > 0) {
      const how = was ? 'changed' : 'added';
      found.push({ kind, id, title: titleOf(item), how, fields });
    }
  }
  for (const [id, item] of old) {
    if (!now.has(id)) {
      const title = titleOf(item);
      found.push({ kind, id, title, how: 'removed', fields: [] });
    }
  }
  return found;
}

/** What was changed from `base` to `mine`, done to `theirs`. */
export function reapplied(base: Plan, mine: Plan, theirs: Plan): IReapplied {
  const conflicts: IDifference[] = [];
  let plan: Plan = { ...theirs };
  for (const name of OWN) {
    if (!isSame(mine[name], base[name])) {
      if (
        !isSame(theirs[name], base[name]) &&
        !isSame(theirs[name], mine[name])
      ) {
        const title = theirs.title;
        const how = 'changed' as const;
        conflicts.push({ kind: 'plan', id: name, title, how, fields: [name] });
      }
      plan = { ...plan, [name]: mine[name] };
    }
  }
  for (const kind of KINDS) {
    const items = reappliedItems(kind, base, mine, theirs, conflicts);
    plan = withItems(plan, kind, items);
  }
  return { plan: fitted(plan), conflicts };
}

function reappliedItems(
  kind: ItemKind,
  base: Plan,
  mine: Plan,
  theirs: Plan,
  conflicts: IDifference[]
): Item[] {
  const [was, ours, others] = [base, mine, theirs].map(plan =>
    byId(plan, kind)
  ) as [Map<string, Item>, Map<string, Item>, Map<string, Item>];
  const isReordered = !isSame(order(was, ours), order(ours, was));
  const ids = isReordered
    ? [...ours.keys(), ...others.keys()]
    : [...others.keys(), ...ours.keys()];
  const items: Item[] = [];
  for (const id of new Set(ids)) {
    const item = one(kind, id, was.get(id), ours.get(id), others.get(id));
    if (item.made) {
      items.push(item.made);
    }
    if (item.conflict) {
      conflicts.push(item.conflict);
    }
  }
  return items;
}

/** The ids that both have, in the order of the first. */
function order(one: Map<string, Item>, other: Map<string, Item>): string[] {
  return [...one.keys()].filter(id => other.has(id));
}

function one(
  kind: ItemKind,
  id: string,
  was: Item | undefined,
  mine: Item | undefined,
  theirs: Item | undefined
): { made: Item | null; conflict?: IDifference } {
  if (!mine || !theirs) {
    const [left, isMine] = mine ? [mine, true] : [theirs, false];
    if (!left) {
      return { made: null };
    }
    if (!was) {
      return { made: left };
    }
    // One side has removed it: that holds unless the other one has changed it.
    const fields = changedFields(was, left);
    if (fields.length === 0) {
      return { made: null };
    }
    const how = isMine ? 'removed' : 'changed';
    const conflict = { kind, id, title: titleOf(left), how, fields } as const;
    return { made: isMine ? left : null, conflict };
  }
  const own = changedFields(was ?? theirs, mine);
  const both = was
    ? changedFields(was, theirs).filter(
        name =>
          name !== 'position' &&
          own.includes(name) &&
          !isSame(fieldOf(mine, name), fieldOf(theirs, name))
      )
    : own.filter(name => name !== 'position');
  // Of another type, fields mean something else: it is taken as a whole.
  const made = own.includes('type')
    ? mine
    : {
        ...theirs,
        ...Object.fromEntries(own.map(name => [name, fieldOf(mine, name)]))
      };
  const title = titleOf(mine);
  return both.length > 0
    ? { made, conflict: { kind, id, title, how: 'changed', fields: both } }
    : { made };
}

/** With widgets that came from both sides side by side, not over each other. */
function fitted(plan: Plan): Plan {
  const { widgets } = plan;
  const isFree = widgets.every((widget, at) =>
    widgets
      .slice(0, at)
      .every(other => !overlaps(widget.position, other.position))
  );
  if (isFree) {
    return plan;
  }
  const places = new Map(
    compacted(widgets).map(({ id, position }) => [id, position])
  );
  return {
    ...plan,
    widgets: widgets.map(widget => ({
      ...widget,
      position: places.get(widget.id) ?? {
        ...widget.position,
        y: bottomOf(widgets)
      }
    }))
  };
}

function byId(plan: Plan, kind: ItemKind): Map<string, Item> {
  const ids = idsOf(plan, kind);
  return new Map(itemsOf(plan, kind).map((item, at) => [ids[at] ?? '', item]));
}

function changedFields(before: Item, after: Item): string[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].filter(
    name => !isSame(fieldOf(before, name), fieldOf(after, name))
  );
}

function fieldOf(item: Item, name: string): unknown {
  return (item as unknown as Record<string, unknown>)[name];
}

/** What people call it. */
export function titleOf(item: Item): string {
  if ('title' in item) {
    return item.title;
  }
  if ('label' in item) {
    return item.label;
  }
  return 'id' in item ? item.id.replaceAll('_', ' ') : item.frame;
}
