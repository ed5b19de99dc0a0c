// What people call the parts of a plan.
import type { TranslationBundle } from '@jupyterlab/translation';

import type {
  Aggregate,
  FilterType,
  InsightType,
  ItemKind,
  Operator,
  Plan,
  TimeUnit,
  ValueFormat,
  WidgetType
} from './nouns';
import type { IDifference } from './reapplying';

type Words<T extends string> = Record<T, string>;

export function widgetTypes(trans: TranslationBundle): Words<WidgetType> {
  return {
    line: trans.__('Line'),
    area: trans.__('Area'),
    bar: trans.__('Bar'),
    pie: trans.__('Pie'),
    scatter: trans.__('Scatter'),
    heatmap: trans.__('Heatmap'),
    histogram: trans.__('Histogram'),
    box: trans.__('Box'),
    metric: trans.__('Number'),
    table: trans.__('Table'),
    map: trans.__('Map'),
    text: trans.__('Text')
  };
}

export function filterTypes(trans: TranslationBundle): Words<FilterType> {
  return {
    choice: trans.__('One value'),
    choices: trans.__('Several values'),
    date_range: trans.__('From one time to another'),
    number_range: trans.__('From one number to another')
  };
}

export function insightTypes(trans: TranslationBundle): Words<InsightType> {
  return {
    change: trans.__('Change'),
    trend: trans.__('Trend'),
    extreme: trans.__('Highest or lowest'),
    share: trans.__('Share of the total'),
    outlier: trans.__('Outliers'),
    correlation: trans.__('Correlation')
  };
}

export function aggregates(trans: TranslationBundle): Words<Aggregate> {
  return {
    sum: trans.__('Sum'),
    mean: trans.__('Mean'),
    median: trans.__('Median'),
    min: trans.__('Minimum'),
    max: trans.__('Maximum'),
    count: trans.__('Count'),
    distinct: trans.__('Distinct values')
  };
}

export function timeUnits(trans: TranslationBundle): Words<TimeUnit> {
  return {
    year: trans.__('Year'),
    quarter: trans.__('Quarter'),
    month: trans.__('Month'),
    week: trans.__('Week'),
    day: trans.__('Day'),
    hour: trans.__('Hour'),
    month_of_year: trans.__('Month of the year'),
    day_of_week: trans.__('Day of the week'),
    hour_of_day: trans.__('Hour of the day')
  };
}

export function formats(trans: TranslationBundle): Words<ValueFormat> {
  return {
    auto: trans.__('Automatic'),
    integer: trans.__('Whole number'),
    decimal: trans.__('Decimal'),
    percent: trans.__('Percent (13 is 13%)'),
    share: trans.__('Share (0.13 is 13%)'),
    currency: trans.__('Currency'),
    compact: trans.__('Short (1.2M)'),
    year: trans.__('Year'),
    date: trans.__('Date')
  };
}

export function operators(trans: TranslationBundle): Words<Operator> {
  return {
    '=': trans.__('is'),
    '!=': trans.__('is not'),
    '<': trans.__('is less than'),
    '<=': trans.__('is at most'),
    '>': trans.__('is more than'),
    '>=': trans.__('is at least'),
    in: trans.__('is one of'),
    'not in': trans.__('is none of'),
    between: trans.__('is between'),
    contains: trans.__('contains'),
    missing: trans.__('is missing'),
    'not missing': trans.__('is not missing')
  };
}

/** The values of fields that have a few. */
export function options(trans: TranslationBundle): Record<string, string> {
  return {
    linear: trans.__('Linear'),
    log: trans.__('Logarithmic'),
    ascending: trans.__('Ascending'),
    descending: trans.__('Descending'),
    stacked: trans.__('On top of each other'),
    grouped: trans.__('Side by side'),
    normalized: trans.__('As shares of 100%'),
    auto: trans.__('Automatic'),
    horizontal: trans.__('Horizontal'),
    vertical: trans.__('Vertical'),
    up: trans.__('Up is good'),
    down: trans.__('Down is good'),
    country: trans.__('Countries'),
    us_state: trans.__('US states'),
    point: trans.__('Points'),
    highest: trans.__('Highest'),
    lowest: trans.__('Lowest')
  };
}

/** A field, as it is called in items of a type. */
export function fieldName(
  trans: TranslationBundle,
  type: string,
  field: string
): string {
  const named: Record<string, string> = {
    'pie.x': trans.__('Parts'),
    'pie.y': trans.__('Size of the parts'),
    'bar.x': trans.__('Bars'),
    'bar.y': trans.__('Length of the bars'),
    'heatmap.x': trans.__('Columns'),
    'heatmap.y': trans.__('Rows'),
    'heatmap.color': trans.__('Value of the cells'),
    'histogram.x': trans.__('Values'),
    'box.x': trans.__('Boxes'),
    'box.y': trans.__('Values'),
    'metric.y': trans.__('Number'),
    'metric.x': trans.__('Compare periods of'),
    'map.x': trans.__('Places'),
    'map.color': trans.__('Color'),
    'map.detail': trans.__('Name of a point'),
    'scatter.detail': trans.__('One dot for each'),
    'line.limit': trans.__('At most this many lines'),
    'area.limit': trans.__('At most this many areas'),
    'bar.limit': trans.__('At most this many bars'),
    'pie.limit': trans.__('At most this many parts'),
    'heatmap.limit': trans.__('At most this many rows'),
    'box.limit': trans.__('At most this many boxes'),
    'table.limit': trans.__('At most this many rows'),
    'choice.limit': trans.__('At most this many choices'),
    'choices.limit': trans.__('At most this many choices'),
    'correlation.detail': trans.__('One pair for each')
  };
  const general: Record<string, string> = {
    x: trans.__('Along (x)'),
    y: trans.__('Value (y)'),
    color: trans.__('Color by'),
    size: trans.__('Size'),
    detail: trans.__('Detail'),
    x_scale: trans.__('Scale of x'),
    y_scale: trans.__('Scale of y'),
    zero: trans.__('Begin at zero'),
    others: trans.__('Show the rest together as "Other"'),
    orientation: trans.__('Direction'),
    stack: trans.__('Parts'),
    sort: trans.__('Order'),
    good: trans.__('Good news'),
    show: trans.__('Columns'),
    by: trans.__('One row for each'),
    values: trans.__('Values'),
    sort_by: trans.__('Sort by'),
    order: trans.__('Order'),
    level: trans.__('What is drawn'),
    longitude: trans.__('Longitude'),
    latitude: trans.__('Latitude'),
    text: trans.__('Text'),
    start: trans.__('At first'),
    top: trans.__('How many of the largest'),
    which: trans.__('Which'),
    title: trans.__('Title'),
    subtitle: trans.__('Subtitle'),
    why: trans.__('Reason'),
    description: trans.__('Description'),
    notes: trans.__('Notes'),
    question: trans.__('Question'),
    label: trans.__('Label'),
    column: trans.__('Column'),
    frame: trans.__('Data'),
    frames: trans.__('Acts on'),
    where: trans.__('Only rows where'),
    wording: trans.__('Wording'),
    type: trans.__('Type'),
    position: trans.__('Place'),
    columns: trans.__('Columns that must be there'),
    rows_at_least: trans.__('Rows, at least'),
    tables: trans.__('Tables'),
    joins: trans.__('Joins'),
    parameters: trans.__('Parameters')
  };
  return named[`${type}.${field}`] ?? general[field] ?? field;
}

export function kinds(trans: TranslationBundle): Words<ItemKind> {
  return {
    filter: trans.__('Filters'),
    widget: trans.__('Widgets'),
    insight: trans.__('Insights'),
    expectation: trans.__('Expectations')
  };
}

/** What differs, in a line: "Sales by region: Title, Reason". */
export function differenceOf(
  trans: TranslationBundle,
  { kind, title, how, fields }: IDifference
): string {
  if (kind === 'plan') {
    return fields.map(name => fieldName(trans, '', name)).join(', ');
  }
  if (how === 'added') {
    return trans.__('"%1" is new', title);
  }
  if (how === 'removed') {
    return trans.__('"%1" was removed', title);
  }
  const names = fields.map(name => fieldName(trans, '', name));
  return trans.__('"%1": %2', title, names.join(', '));
}

/** What a plan is made of, in a line. */
export function dataOf(plan: Plan): string {
  return [...plan.tables, ...plan.joins.map(({ name }) => name)].join(', ');
}
