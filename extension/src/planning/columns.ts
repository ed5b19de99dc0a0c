// The columns of every frame of a plan, and what each is good for: the same rules as the server's check.
import type {
  Aggregate,
  Column,
  Measure,
  Plan,
  Table,
  TimeUnit
} from './nouns';

/** The columns of a frame by the name they have in it. */
export type Columns = ReadonlyMap<string, Column>;
export type Frames = ReadonlyMap<string, Columns>;

/** Of tables and joins. A right key of a join goes; a right column that left has too is named after its table. */
export function framesOf(plan: Plan, tables: readonly Table[]): Frames {
  const known = new Map(tables.map(table => [table.name, table]));
  const frames = new Map<string, Columns>();
  for (const name of plan.tables) {
    const columns = known.get(name)?.columns ?? [];
    frames.set(name, new Map(columns.map(column => [column.name, column])));
  }
  for (const join of plan.joins) {
    const keys = new Set(join.on.map(([, right]) => right));
    const joined = new Map(frames.get(join.left));
    for (const [name, column] of frames.get(join.right) ?? []) {
      if (!keys.has(name)) {
        joined.set(joined.has(name) ? `${name} (${join.right})` : name, column);
      }
    }
    frames.set(join.name, joined);
  }
  return frames;
}

export function isNumeric({ type }: Column): boolean {
  return type === 'integer' || type === 'number';
}

export function isDated({ type }: Column): boolean {
  return type === 'date' || type === 'datetime';
}

/** Dates, and years written as numbers. */
export function isTime(column: Column): boolean {
  if (isDated(column)) {
    return true;
  }
  const { numbers } = column;
  return (
    column.role === 'time' &&
    column.type === 'integer' &&
    (!numbers || (numbers.min >= 0 && numbers.max < 10_000))
  );
}

/** Whether a line along it means something. */
export function isOrdered(column: Column): boolean {
  const { role, type } = column;
  return (
    isTime(column) || isNumeric(column) || role === 'ordered' || type === 'time'
  );
}

/** Values that tell rows apart and mean nothing else. */
export function isIdentifier(column: Column): boolean {
  return (
    column.role === 'identifier' || (column.unique && column.type === 'text')
  );
}

const SPANS: readonly TimeUnit[] = [
  'year',
  'quarter',
  'month',
  'week',
  'day',
  'hour'
];

/** Units that its values can be grouped by: none finer than they are themselves. */
export function timeUnitsOf(column: Column): TimeUnit[] {
  if (!isTime(column)) {
    return [];
  }
  if (!isDated(column)) {
    return ['year'];
  }
  const finest = SPANS.indexOf(column.times?.grain ?? 'hour');
  const hours = column.type === 'datetime';
  const spans = SPANS.slice(0, finest < 0 ? SPANS.length : finest + 1);
  return [
    ...spans.filter(unit => hours || unit !== 'hour'),
    ...(finest < 0 || finest >= SPANS.indexOf('month')
      ? (['month_of_year'] as const)
      : []),
    ...(finest < 0 || finest >= SPANS.indexOf('day')
      ? (['day_of_week'] as const)
      : []),
    ...(hours && (finest < 0 || finest >= SPANS.indexOf('hour'))
      ? (['hour_of_day'] as const)
      : [])
  ];
}

const AGGREGATES: readonly Aggregate[] = [
  'sum',
  'mean',
  'median',
  'min',
  'max',
  'count',
  'distinct'
];

/** What can be computed of a column; without one, rows are counted. */
export function aggregatesOf(
  column: Column | null,
  isPartOfWhole = false
): Aggregate[] {
  if (column === null) {
    return ['count'];
  }
  return AGGREGATES.filter(aggregate => {
    if (aggregate === 'count' || aggregate === 'distinct') {
      return true;
    }
    if (column.type === 'boolean') {
      return aggregate === 'mean' || aggregate === 'sum';
    }
    if (isDated(column)) {
      return aggregate === 'min' || aggregate === 'max';
    }
    if (!isNumeric(column)) {
      return false;
    }
    if (aggregate === 'sum') {
      return (
        column.role !== 'identifier' &&
        column.additive !== false &&
        !(isPartOfWhole && (column.numbers?.negatives ?? 0) > 0)
      );
    }
    const isAmount = aggregate === 'mean' || aggregate === 'median';
    return !(isAmount && column.role === 'identifier');
  });
}

/** The best of what can be computed: what people mean most often. */
export function usualAggregate(
  column: Column | null,
  isPartOfWhole = false
): Aggregate {
  const possible = aggregatesOf(column, isPartOfWhole);
  const wishes: Aggregate[] =
    column && isNumeric(column)
      ? [column.additive ? 'sum' : 'mean', 'mean', 'distinct']
      : ['mean', 'distinct', 'count'];
  return wishes.find(one => possible.includes(one)) ?? 'count';
}

/** The column of a measure; null for the count of rows, undefined where the frame has no such column. */
export function columnOf(
  measure: Measure,
  columns: Columns
): Column | null | undefined {
  return measure.column === null ? null : columns.get(measure.column);
}
