// Making widgets, filters and insights that can be drawn: of nothing, of another type, or after their frame or a
// column has changed. What no longer fits is replaced by the best that does.
import {
  aggregatesOf,
  type Columns,
  isIdentifier,
  isNumeric,
  isTime,
  timeUnitsOf,
  usualAggregate
} from './columns';
import {
  type Field,
  fieldsOf,
  FILTER_FIELDS,
  INSIGHT_FIELDS,
  isOptional,
  WIDGET_FIELDS,
  WIDGET_TYPES
} from './fields';
import type {
  Aggregate,
  Column,
  Dimension,
  FilterType,
  InsightType,
  Measure,
  WidgetOf,
  WidgetType
} from './nouns';

/** An item while it is made: its fields by name. */
export type Draft = Readonly<Record<string, unknown>>;

const BINS = 20;
/** Parts or lines that can be told apart at all, and that are good to look at. */
const MOST_PARTS = 40;
const GOOD_PARTS = 12;
const MOST_NAMES = 200;

/** The columns that a field can take, by their names in the frame. */
export function columnsFor(
  field: Field,
  draft: Draft,
  columns: Columns
): string[] {
  const fits = 'fits' in field ? field.fits : undefined;
  return [...columns]
    .filter(([, column]) => {
      if (column.distinct === 0) {
        return false;
      }
      if (field.kind === 'measure' && field.values !== 'raw') {
        // What is counted may be anything.
        return !draftIsRaw(field, draft) || (fits?.(column, draft) ?? true);
      }
      return fits?.(column, draft) ?? true;
    })
    .map(([name]) => name);
}

/** What can be computed of the column of a measure; null: its values as they are. */
export function aggregatesFor(
  field: Field & { kind: 'measure' },
  column: Column | null
): (Aggregate | null)[] {
  if (field.values === 'raw') {
    return [null];
  }
  const all = aggregatesOf(column, field.isPart);
  const isBare =
    field.values === 'either' &&
    column !== null &&
    (field.fits?.(column, {}) ?? true);
  return isBare ? [null, ...all] : all;
}

/** Types of widgets that this frame has the columns for. */
export function typesFor(columns: Columns | null): WidgetType[] {
  return WIDGET_TYPES.filter(
    type =>
      type === 'text' || (columns !== null && made(type, columns) !== null)
  );
}

/** The fields of a new widget of this type that can be drawn; null where the columns for it are missing. */
export function made(type: WidgetType, columns: Columns): Draft | null {
  return converted({ type: 'text' }, type, columns);
}

/**
 * The fields that a widget has after a change of its type: what fits stays.
 *
 * Null: the frame has no columns for such a widget.
 */
export function converted(
  draft: Draft,
  type: WidgetType,
  columns: Columns
): Draft | null {
  const start: Draft = { ...DEFAULTS[type], type };
  const kept = carried(draft, type);
  return repaired({ ...start, ...kept, type }, columns);
}

/** Fields by what they mean: the measure of a bar is the colour of a heatmap. */
function carried(draft: Draft, type: WidgetType): Draft {
  const fields: Record<string, Field> = WIDGET_FIELDS[type];
  const [dimensions, measures] = [dimensionsOf(draft), measuresOf(draft)];
  const kept: Record<string, unknown> = {};
  for (const [name, field] of Object.entries(fields)) {
    if (field.kind === 'dimension') {
      kept[name] = isOptional({ type }, name, field)
        ? name in draft && isDimension(draft[name])
          ? draft[name]
          : null
        : (dimensions.shift() ?? null);
    } else if (field.kind === 'measure') {
      const wished = measures.shift() ?? null;
      kept[name] = isOptional({ type }, name, field) ? null : wished;
    } else if (field.kind === 'dimensions') {
      kept[name] = dimensions.splice(0);
    } else if (field.kind === 'measures') {
      kept[name] = measures.filter(({ aggregate }) => aggregate !== null);
    } else if (name in draft && isOfKind(field, draft[name])) {
      kept[name] = draft[name];
    }
  }
  if (type === 'text') {
    kept['text'] = [draft['why'], draft['title']].find(Boolean) ?? '…';
  }
  return kept;
}

/**
 * With every column, aggregate and unit replaced that does not fit (any more).
 *
 * Null: something is needed that the frame has no column for.
 */
export function repaired(draft: Draft, columns: Columns): Draft | null {
  const type = draft['type'] as WidgetType | InsightType;
  let next: Record<string, unknown> = { ...draft };
  if (type === 'map') {
    next = leveled(next, columns);
  }
  for (const [name, field] of fieldsOf({ ...next, type })) {
    const isNeeded = !isOptional({ ...next, type }, name, field);
    const value = mended(field, next[name], next, columns, isNeeded);
    if (value === undefined) {
      return null;
    }
    next[name] = value;
  }
  const other = { ...next };
  for (const name of Object.keys(
    { ...WIDGET_FIELDS, ...INSIGHT_FIELDS, ...FILTER_FIELDS }[type]
  )) {
    if (!fieldsOf({ ...next, type }).some(([known]) => known === name)) {
      other[name] = null;
    }
  }
  const together = TOGETHER[type];
  return together ? together(other, columns) : other;
}

/** A value that fits, as near as possible to what it was; undefined: there is none. */
function mended(
  field: Field,
  value: unknown,
  draft: Draft,
  columns: Columns,
  isNeeded: boolean
): unknown {
  if (field.kind === 'dimension') {
    if (!isDimension(value) && !isNeeded) {
      return null;
    }
    const names = columnsFor(field, draft, columns);
    const now = isDimension(value) ? value : null;
    if (now && names.includes(now.column)) {
      return grouped(now, columnNamed(columns, now.column), field);
    }
    const others = isDimension(draft['x']) ? [draft['x'].column] : [];
    const name = bestGroup(names, columns, others);
    if (name === undefined || (now && !isNeeded)) {
      return isNeeded ? undefined : null;
    }
    const column = columnNamed(columns, name);
    return grouped(dimensionOf(name, column), column, field);
  }
  if (field.kind === 'measure') {
    if (!isMeasure(value) && !isNeeded) {
      return null;
    }
    return measured(field, isMeasure(value) ? value : null, draft, columns);
  }
  if (field.kind === 'column') {
    const names = columnsFor(field, draft, columns);
    if (typeof value === 'string' && names.includes(value)) {
      return value;
    }
    return isNeeded ? names[0] : null;
  }
  if (field.kind === 'columns') {
    const names = Array.isArray(value) ? (value as string[]) : [];
    return names.filter(name => columns.has(name));
  }
  if (field.kind === 'dimensions' || field.kind === 'measures') {
    const items = Array.isArray(value)
      ? (value as (Dimension | Measure)[])
      : [];
    return items.filter(({ column }) => column === null || columns.has(column));
  }
  return value ?? null;
}

function measured(
  field: Field & { kind: 'measure' },
  value: Measure | null,
  draft: Draft,
  columns: Columns
): Measure | undefined {
  const names = columnsFor(field, draft, columns);
  let now = value;
  if (now?.column && !names.includes(now.column)) {
    now = null;
  }
  if (!now || (field.values === 'raw' && now.column === null)) {
    const number = names.find(name => {
      const column = columnNamed(columns, name);
      return isNumeric(column) && column.role === 'measure';
    });
    const name =
      number ?? names.find(one => isNumeric(columnNamed(columns, one)));
    if (name === undefined && (field.values === 'raw' || field.fits)) {
      return undefined;
    }
    now = measureOf(name ?? null);
  }
  const column = now.column === null ? null : columnNamed(columns, now.column);
  const possible = aggregatesFor(field, column);
  if (possible.includes(now.aggregate)) {
    return now;
  }
  const aggregate = possible.includes(null)
    ? null
    : usualAggregate(column, field.isPart);
  return { ...now, aggregate };
}

/** A dimension with a unit or bins that its column has, and with those that it needs. */
export function grouped(
  dimension: Dimension,
  column: Column,
  field: Field
): Dimension {
  const units = timeUnitsOf(column);
  const unit = dimension.time_unit;
  const time_unit = unit && units.includes(unit) ? unit : null;
  const bins = isNumeric(column) && !time_unit ? dimension.bins : null;
  const needs = field.kind === 'dimension' && field.needs === 'grouping';
  if (needs && time_unit === null && bins === null) {
    return isTime(column)
      ? { ...dimension, time_unit: units.at(0) ?? null, bins: null }
      : { ...dimension, time_unit: null, bins: BINS };
  }
  return { ...dimension, time_unit, bins };
}

/** A column as what rows are grouped by: in the unit in which there are not too many. */
export function dimensionOf(name: string, column: Column): Dimension {
  const bare = { column: name, time_unit: null, bins: null, title: null };
  if (isTime(column) && column.type !== 'integer') {
    const units = timeUnitsOf(column);
    const isLong = (column.times?.periods ?? 0) > 400;
    const unit = column.times?.grain;
    const usual = isLong || !unit || !units.includes(unit) ? 'month' : unit;
    return { ...bare, time_unit: units.includes(usual) ? usual : null };
  }
  const isWide = isNumeric(column) && !isTime(column) && column.distinct > 40;
  return isWide ? { ...bare, bins: BINS } : bare;
}

export function measureOf(
  column: string | null,
  aggregate: Aggregate | null = null
): Measure {
  return {
    column,
    aggregate: column === null ? 'count' : aggregate,
    title: null,
    format: 'auto',
    unit: null
  };
}

/** The column that groups best: few values, each with a meaning. */
function bestGroup(
  names: readonly string[],
  columns: Columns,
  taken: readonly string[]
): string | undefined {
  const free = names.filter(name => !taken.includes(name));
  const few = free.find(name => {
    const column = columnNamed(columns, name);
    const isFew = column.distinct > 1 && column.distinct <= GOOD_PARTS;
    return isFew && !isIdentifier(column) && !isTime(column);
  });
  const some = free.find(name => {
    const column = columnNamed(columns, name);
    return isTime(column) || column.distinct <= MOST_PARTS;
  });
  return few ?? some ?? free[0] ?? names[0];
}

/** A map of the places that there are. */
function leveled(
  draft: Record<string, unknown>,
  columns: Columns
): Record<string, unknown> {
  const has = (level: unknown): boolean =>
    level === 'point'
      ? [...columns.values()].some(({ place }) => place === 'longitude')
      : [...columns.values()].some(({ place }) => place === level);
  const level = [draft['level'], 'country', 'us_state', 'point'].find(has);
  return { ...draft, level: level ?? 'country' };
}

/** What must hold between the fields of a type. */
const TOGETHER: Partial<
  Record<
    string,
    (draft: Record<string, unknown>, columns: Columns) => Draft | null
  >
> = {
  // All of them aggregated, by what one dot is, or none.
  scatter: (draft, columns) => {
    const names = ['x', 'y', 'size'].filter(name => isMeasure(draft[name]));
    const measures = names.map(name => draft[name] as Measure);
    const isAggregated = measures.some(({ aggregate }) => aggregate !== null);
    if (!isAggregated) {
      return draft;
    }
    const next: Record<string, unknown> = { ...draft };
    names.forEach(name => {
      const measure = draft[name] as Measure;
      const column = measure.column ? columns.get(measure.column) : null;
      const aggregate = measure.aggregate ?? usualAggregate(column ?? null);
      next[name] = { ...measure, aggregate };
    });
    if (!isDimension(next['detail']) && !isDimension(next['color'])) {
      const name = bestGroup([...columns.keys()], columns, []);
      if (name === undefined) {
        return null;
      }
      next['detail'] = dimensionOf(name, columnNamed(columns, name));
    }
    return next;
  },
  correlation: (draft, columns) =>
    TOGETHER['scatter']?.(draft, columns) ?? null,
  heatmap: (draft, columns) => apart(draft, 'x', 'y', columns),
  // Rows as they are, or groups.
  table: (draft, columns) => {
    const { show, by, values } = draft as WidgetOf<'table'>;
    const isGrouped = by.length > 0 || values.length > 0;
    const next = { ...draft, show: isGrouped ? [] : show };
    if (!isGrouped && show.length === 0) {
      next.show = [...columns.keys()].slice(0, 6);
    }
    const known = sortable(next as unknown as WidgetOf<'table'>);
    const sort = draft['sort_by'];
    return {
      ...next,
      sort_by: typeof sort === 'string' && known.includes(sort) ? sort : null
    };
  },
  map: draft => {
    const names = ['color', 'size'].filter(name => isMeasure(draft[name]));
    const next: Record<string, unknown> = { ...draft };
    for (const name of names) {
      const measure = draft[name] as Measure;
      if (draft['level'] === 'point') {
        next[name] =
          measure.column === null ? null : { ...measure, aggregate: null };
      } else if (measure.aggregate === null) {
        next[name] = { ...measure, aggregate: 'mean' };
      }
    }
    return next;
  },
  bar: (draft, columns) => limited(draft, 'x', columns, MOST_NAMES),
  pie: (draft, columns) => limited(draft, 'x', columns, MOST_PARTS),
  box: (draft, columns) => limited(draft, 'x', columns, MOST_PARTS),
  line: (draft, columns) => limited(draft, 'color', columns, MOST_PARTS),
  area: (draft, columns) => limited(draft, 'color', columns, MOST_PARTS)
};

/** With a limit where there would be more than can be told apart. */
function limited(
  draft: Record<string, unknown>,
  name: string,
  columns: Columns,
  most: number
): Draft {
  const dimension = draft[name];
  const column = isDimension(dimension) && columns.get(dimension.column);
  if (
    !column ||
    draft['limit'] !== null ||
    column.distinct <= most ||
    (isDimension(dimension) && (dimension.time_unit ?? dimension.bins)) ||
    (most === MOST_NAMES && isTime(column))
  ) {
    return draft;
  }
  return { ...draft, limit: GOOD_PARTS };
}

function apart(
  draft: Record<string, unknown>,
  one: string,
  other: string,
  columns: Columns
): Draft | null {
  const [a, b] = [draft[one], draft[other]];
  if (!isDimension(a) || !isDimension(b) || a.column !== b.column) {
    return draft;
  }
  if (a.time_unit !== b.time_unit) {
    return draft;
  }
  const name = bestGroup([...columns.keys()], columns, [a.column]);
  if (name === undefined || name === a.column) {
    return null;
  }
  return { ...draft, [other]: dimensionOf(name, columnNamed(columns, name)) };
}

/** What the rows of a table can be sorted by. */
export function sortable({
  show,
  by,
  values
}: Pick<WidgetOf<'table'>, 'show' | 'by' | 'values'>): string[] {
  const names = [
    ...show,
    ...by.map(({ column }) => column),
    ...values.map(({ title, column }) => title ?? column)
  ];
  return [...new Set(names.filter(name => name !== null))];
}

export function isDimension(value: unknown): value is Dimension {
  return isRecord(value) && 'time_unit' in value;
}

export function isMeasure(value: unknown): value is Measure {
  return isRecord(value) && 'aggregate' in value;
}

/** One of those that were found among them. */
function columnNamed(columns: Columns, name: string): Column {
  const column = columns.get(name);
  if (!column) {
    throw new Error(`There is no column '${name}'.`);
  }
  return column;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function dimensionsOf(draft: Draft): Dimension[] {
  const many = Array.isArray(draft['by']) ? (draft['by'] as unknown[]) : [];
  const all = [
    draft['x'],
    draft['y'],
    draft['detail'],
    draft['color'],
    ...many
  ];
  return all.filter(isDimension);
}

function measuresOf(draft: Draft): Measure[] {
  const { values } = draft;
  const many = Array.isArray(values) ? (values as unknown[]) : [];
  const all = [draft['y'], draft['x'], draft['color'], draft['size'], ...many];
  return all.filter(isMeasure);
}

function isOfKind(field: Field, value: unknown): boolean {
  if (field.kind === 'choice') {
    return field.options.includes(value as string);
  }
  if (field.kind === 'limit') {
    return value !== null || field.isOptional === true;
  }
  return field.kind === 'flag' || field.kind === 'sort';
}

function draftIsRaw(field: Field & { kind: 'measure' }, draft: Draft): boolean {
  return (
    field.values === 'either' &&
    ['x', 'y'].some(name => {
      const value = draft[name];
      return isMeasure(value) && value.aggregate === null;
    })
  );
}

/** What the schema says where nothing is said; the fields of columns are filled in by `repaired`. */
const DEFAULTS: Record<WidgetType, Draft> = {
  line: { y_scale: 'linear', zero: false, limit: null },
  area: { stack: 'stacked', limit: null },
  bar: {
    orientation: 'auto',
    stack: 'stacked',
    sort: { by: 'y', order: 'descending' },
    limit: null,
    others: true
  },
  pie: { sort: { by: 'y', order: 'descending' }, limit: null, color: null },
  scatter: { x_scale: 'linear', y_scale: 'linear' },
  heatmap: { limit: null },
  histogram: {},
  box: { limit: null },
  metric: { good: null },
  table: {
    show: [],
    by: [],
    values: [],
    sort_by: null,
    order: 'descending',
    limit: 10
  },
  map: { level: 'country' },
  text: {}
};

export const FILTER_DEFAULTS: Record<FilterType, Draft> = {
  choice: { start: null, limit: 200 },
  choices: { start: [], limit: 200 },
  date_range: { start: null },
  number_range: { start: null }
};
