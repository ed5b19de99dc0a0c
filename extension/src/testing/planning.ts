// Plans and columns for tests.
import type {
  Column,
  Dimension,
  Measure,
  Plan,
  Widget
} from '../planning/nouns';

export function column(name: string, more: Partial<Column> = {}): Column {
  return {
    name,
    label: name,
    type: 'text',
    role: 'category',
    description: '',
    unit: null,
    scale: 1,
    additive: null,
    place: null,
    rows: 36,
    missing: 0,
    distinct: 3,
    unique: false,
    numbers: null,
    times: null,
    values: [],
    order: [],
    examples: [],
    warnings: [],
    ...more
  };
}

const numbers = {
  min: 1,
  max: 120,
  mean: 60,
  median: 60,
  std: 10,
  lower_quartile: 30,
  upper_quartile: 90,
  skew: 0,
  zeros: 0,
  negatives: 0,
  outliers: 0
};

export const COLUMNS = new Map(
  [
    column('day', {
      type: 'date',
      role: 'time',
      distinct: 12,
      times: {
        first: '2024-01-01',
        last: '2024-12-01',
        grain: 'month',
        periods: 12,
        gaps: 0
      }
    }),
    column('region'),
    column('amount', {
      type: 'integer',
      role: 'measure',
      distinct: 36,
      additive: true,
      numbers
    }),
    column('rate', {
      type: 'number',
      role: 'measure',
      distinct: 36,
      additive: false,
      unit: '%',
      numbers
    }),
    column('id', {
      type: 'integer',
      role: 'identifier',
      distinct: 36,
      unique: true,
      numbers
    })
  ].map(one => [one.name, one])
);

export function dimension(
  name: string,
  more: Partial<Dimension> = {}
): Dimension {
  return { column: name, time_unit: null, bins: null, title: null, ...more };
}

export function measure(
  name: string | null,
  aggregate: Measure['aggregate']
): Measure {
  return { column: name, aggregate, title: null, format: 'auto', unit: null };
}

export function bar(id: string, more: object = {}): Widget {
  return {
    id,
    type: 'bar',
    title: `Amount by ${id}`,
    subtitle: null,
    why: '',
    frame: 'sales',
    where: [],
    position: { x: 0, y: 0, width: 6, height: 5 },
    x: dimension('region'),
    y: measure('amount', 'sum'),
    color: null,
    orientation: 'auto',
    stack: 'stacked',
    sort: { by: 'y', order: 'descending' },
    limit: null,
    others: true,
    ...more
  };
}

const SALES = 'Sales';

export function plan(more: Partial<Plan> = {}): Plan {
  return {
    schema_version: 1,
    title: SALES,
    description: '',
    question: 'How do sales differ?',
    notes: [],
    tables: ['sales'],
    joins: [],
    parameters: [],
    filters: [],
    widgets: [
      bar('a'),
      bar('b', { position: { x: 6, y: 0, width: 6, height: 5 } }),
      bar('c', { position: { x: 0, y: 5, width: 12, height: 4 } })
    ],
    insights: [],
    expectations: [],
    suggestions: [],
    planner: 'offline',
    ...more
  };
}
