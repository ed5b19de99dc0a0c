// What can be said of each type of widget, filter and insight. The tables must name every field of the plan's schema:
// a field that is added there does not compile here before somebody has said how it is edited.
import {
  type Column,
  type Filter,
  type FilterType,
  type Insight,
  type InsightType,
  type Widget,
  type WidgetOf,
  type WidgetType
} from './nouns';
import { isDated, isIdentifier, isNumeric, isOrdered, isTime } from './columns';

/** How a field is edited. */
export type Field =
  | {
      kind: 'dimension';
      isOptional?: boolean;
      fits?: Fits;
      /** What must be said beside the column. */
      needs?: 'grouping';
    }
  | { kind: 'dimensions' }
  | {
      kind: 'measure';
      isOptional?: boolean;
      fits?: Fits;
      /** Whether it is one value a group, the values as they are, or either. */
      values: 'aggregated' | 'raw' | 'either';
      /** Whether its values are parts that make up a whole. */
      isPart?: boolean;
    }
  | { kind: 'measures' }
  | { kind: 'column'; isOptional?: boolean; fits?: Fits }
  | { kind: 'columns' }
  | { kind: 'choice'; options: readonly string[]; isOptional?: boolean }
  | { kind: 'flag' }
  | { kind: 'limit'; isOptional?: boolean }
  | { kind: 'number'; least: number; most: number }
  | { kind: 'sort' }
  | { kind: 'sortBy' }
  | { kind: 'start' }
  | { kind: 'text'; most: number; isLong?: boolean; isOptional?: boolean };

/** Whether a column can be used there; `item` as it is. */
type Fits = (
  column: Column,
  item: Readonly<Record<string, unknown>>
) => boolean;

type FieldsOf<T, Common extends PropertyKey> = Record<
  Exclude<keyof T, Common>,
  Field
>;
type CommonOfWidgets =
  'id' | 'type' | 'title' | 'subtitle' | 'why' | 'frame' | 'where' | 'position';

export const SCALES = ['linear', 'log'] as const;
export const ORDERS = ['ascending', 'descending'] as const;

const group = {
  kind: 'dimension',
  fits: column => column.distinct > 0
} as const satisfies Field;
const color = { kind: 'dimension', isOptional: true } as const satisfies Field;
const along = { kind: 'dimension', fits: isOrdered } as const satisfies Field;
const value = {
  kind: 'measure',
  values: 'aggregated'
} as const satisfies Field;
const part = { ...value, isPart: true } as const satisfies Field;
const limit = { kind: 'limit', isOptional: true } as const satisfies Field;
const scale = { kind: 'choice', options: SCALES } as const satisfies Field;
const dots = {
  kind: 'measure',
  values: 'either',
  fits: (column: Column) => isNumeric(column) || isDated(column)
} as const satisfies Field;

export const WIDGET_FIELDS: {
  [T in WidgetType]: FieldsOf<WidgetOf<T>, CommonOfWidgets>;
} = {
  line: {
    x: along,
    y: value,
    color,
    y_scale: scale,
    zero: { kind: 'flag' },
    limit
  },
  area: {
    x: along,
    y: part,
    color,
    stack: { kind: 'choice', options: ['stacked', 'normalized'] },
    limit
  },
  bar: {
    x: group,
    y: value,
    color,
    orientation: {
      kind: 'choice',
      options: ['auto', 'horizontal', 'vertical']
    },
    stack: { kind: 'choice', options: ['stacked', 'grouped', 'normalized'] },
    sort: { kind: 'sort' },
    limit,
    others: { kind: 'flag' }
  },
  // A pie has its parts in x: a color is refused.
  pie: {
    x: group,
    y: part,
    color: { kind: 'dimension', isOptional: true, fits: () => false },
    sort: { kind: 'sort' },
    limit
  },
  scatter: {
    x: dots,
    y: dots,
    color,
    size: { ...dots, isOptional: true },
    detail: color,
    x_scale: scale,
    y_scale: scale
  },
  heatmap: { x: group, y: group, color: value, limit },
  histogram: {
    x: {
      kind: 'dimension',
      needs: 'grouping',
      fits: column => isNumeric(column) || isTime(column)
    },
    color
  },
  box: {
    x: color,
    y: { kind: 'measure', values: 'raw', fits: isNumeric },
    limit
  },
  metric: {
    y: value,
    x: { kind: 'dimension', isOptional: true, fits: isTime },
    good: { kind: 'choice', options: ['up', 'down'], isOptional: true }
  },
  table: {
    show: { kind: 'columns' },
    by: { kind: 'dimensions' },
    values: { kind: 'measures' },
    sort_by: { kind: 'sortBy' },
    order: { kind: 'choice', options: ORDERS },
    limit: { kind: 'limit' }
  },
  map: {
    level: { kind: 'choice', options: ['country', 'us_state', 'point'] },
    x: {
      kind: 'dimension',
      isOptional: true,
      fits: (column, { level }) => column.place === level
    },
    color: { kind: 'measure', values: 'either', isOptional: true },
    longitude: {
      kind: 'column',
      isOptional: true,
      fits: column => isDegree(column, 'longitude', 360)
    },
    latitude: {
      kind: 'column',
      isOptional: true,
      fits: column => isDegree(column, 'latitude', 90)
    },
    size: {
      kind: 'measure',
      values: 'raw',
      isOptional: true,
      fits: isNumeric
    },
    detail: { kind: 'column', isOptional: true }
  },
  text: { text: { kind: 'text', most: 4000, isLong: true } }
};

export const WIDGET_TYPES = Object.keys(WIDGET_FIELDS) as WidgetType[];

type CommonOfFilters = 'id' | 'type' | 'column' | 'frames' | 'label' | 'why';
type FilterOf<T extends FilterType> = Extract<Filter, { type: T }>;

const choices = {
  kind: 'number',
  least: 2,
  most: 2000
} as const satisfies Field;

export const FILTER_FIELDS: {
  [T in FilterType]: FieldsOf<FilterOf<T>, CommonOfFilters>;
} = {
  choice: { start: { kind: 'start' }, limit: choices },
  choices: { start: { kind: 'start' }, limit: choices },
  date_range: { start: { kind: 'start' } },
  number_range: { start: { kind: 'start' } }
};

/** Values of a column that somebody may look through. */
const MOST_CHOICES = 2000;

/** Filters that fit a column. */
export function filterTypesOf(column: Column): FilterType[] {
  const most = isIdentifier(column) ? 200 : MOST_CHOICES;
  return [
    ...(column.distinct > 0 && column.distinct <= most
      ? (['choice', 'choices'] as const)
      : []),
    ...(isTime(column) ? (['date_range'] as const) : []),
    ...(isNumeric(column) ? (['number_range'] as const) : [])
  ];
}

type CommonOfInsights = 'id' | 'type' | 'frame' | 'where' | 'why' | 'wording';
type InsightOf<T extends InsightType> = Extract<Insight, { type: T }>;

const compared = {
  kind: 'measure',
  values: 'either',
  fits: isNumeric
} as const satisfies Field;

export const INSIGHT_FIELDS: {
  [T in InsightType]: FieldsOf<InsightOf<T>, CommonOfInsights>;
} = {
  change: { x: along, y: value },
  trend: { x: along, y: value },
  extreme: {
    x: group,
    y: value,
    which: { kind: 'choice', options: ['highest', 'lowest'] }
  },
  share: { x: group, y: part, top: { kind: 'number', least: 1, most: 10 } },
  outlier: { x: group, y: value },
  correlation: { x: compared, y: compared, detail: color }
};

/** The fields of an item, in the order in which they are edited. */
export function fieldsOf(item: {
  type: WidgetType | FilterType | InsightType;
}): [string, Field][] {
  const all: Record<string, Record<string, Field>> = {
    ...WIDGET_FIELDS,
    ...FILTER_FIELDS,
    ...INSIGHT_FIELDS
  };
  return Object.entries(all[item.type] ?? {}).filter(
    ([name]) => !isBeside(item as Readonly<Record<string, unknown>>, name)
  );
}

/** Whether a field says nothing as the item is otherwise: one way of a table or a map leaves out those of the other. */
function isBeside(
  item: Readonly<Record<string, unknown>>,
  name: string
): boolean {
  if (item['type'] === 'pie') {
    return name === 'color';
  }
  if (item['type'] === 'map') {
    const ofPoints = ['longitude', 'latitude', 'size', 'detail'];
    return item['level'] === 'point' ? name === 'x' : ofPoints.includes(name);
  }
  return false;
}

/** Whether a field can be left out as the item is. */
export function isOptional(
  item: { type: Widget['type'] | FilterType | InsightType },
  name: string,
  field: Field
): boolean {
  if (item.type === 'map') {
    const { level } = item as WidgetOf<'map'>;
    const needed =
      level === 'point' ? ['longitude', 'latitude'] : ['x', 'color'];
    return !needed.includes(name);
  }
  return 'isOptional' in field && (field.isOptional ?? false);
}

function isDegree(
  column: Column,
  place: 'longitude' | 'latitude',
  most: number
): boolean {
  const { numbers } = column;
  const isWithin = !numbers || (numbers.min >= -most && numbers.max <= most);
  return (
    isNumeric(column) &&
    isWithin &&
    (column.place === null || column.place === place)
  );
}
