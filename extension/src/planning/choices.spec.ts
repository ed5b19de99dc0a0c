import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';

import {
  columnsFor,
  converted,
  type Draft,
  made,
  repaired,
  typesFor
} from './choices';
import { aggregatesOf, framesOf, timeUnitsOf, usualAggregate } from './columns';
import {
  type Field,
  FILTER_FIELDS,
  INSIGHT_FIELDS,
  WIDGET_FIELDS,
  WIDGET_TYPES
} from './fields';
import type { Table } from './nouns';
import {
  bar,
  column,
  COLUMNS,
  dimension,
  measure,
  plan
} from '../testing/planning';

const schemas = (
  JSON.parse(readFileSync('docs/openapi.json', 'utf-8')) as {
    components: {
      schemas: Record<string, { properties?: Record<string, ISchema> }>;
    };
  }
).components.schemas;

interface ISchema {
  anyOf?: ISchema[];
  enum?: string[];
  const?: string;
  type?: string;
  minimum?: number;
  maximum?: number;
  maxLength?: number;
}

const TYPES = Object.entries({
  ...WIDGET_FIELDS,
  ...FILTER_FIELDS,
  ...INSIGHT_FIELDS
});

function schemaOf(type: string): Record<string, ISchema> {
  const found = Object.entries(schemas).find(
    ([name, { properties }]) =>
      name.endsWith('-Input') && properties?.['type']?.const === type
  );
  return found?.[1].properties ?? {};
}

describe('fields', () => {
  it.each(TYPES)(
    'of %s take what the schema of the API takes',
    (type, fields) => {
      for (const [name, field] of Object.entries(
        fields as Record<string, Field>
      )) {
        const schema = schemaOf(type)[name];
        expect(schema, name).toBeDefined();
        const kinds = schema?.anyOf ?? [schema];
        if (field.kind === 'choice') {
          expect(kinds.flatMap(one => one?.enum ?? [])).toEqual(field.options);
        } else if (field.kind === 'number') {
          expect(schema).toMatchObject({
            minimum: field.least,
            maximum: field.most
          });
        } else if (field.kind === 'text') {
          expect(schema).toMatchObject({ maxLength: field.most });
        }
        if ('isOptional' in field && field.isOptional) {
          expect(
            kinds.some(one => one?.type === 'null'),
            name
          ).toBe(true);
        }
      }
    }
  );
});

describe('what a column is good for', () => {
  const of = (name: string): string[] =>
    aggregatesOf(COLUMNS.get(name) ?? null);

  it('is told by its type, role and meaning', () => {
    expect(of('region')).toEqual(['count', 'distinct']);
    expect(of('amount')).toContain('sum');
    expect(of('rate')).not.toContain('sum');
    expect(of('id')).toEqual(['min', 'max', 'count', 'distinct']);
    expect(of('day')).toEqual(['min', 'max', 'count', 'distinct']);
    expect(aggregatesOf(null)).toEqual(['count']);
    expect(usualAggregate(COLUMNS.get('rate') ?? null)).toBe('mean');
    const negatives = { ...COLUMNS.get('amount')?.numbers, negatives: 1 };
    const debts = column('debts', {
      type: 'number',
      numbers: negatives as never
    });
    expect(aggregatesOf(debts, true)).not.toContain('sum');
  });

  it('has no units of time that are finer than its values', () => {
    expect(timeUnitsOf(COLUMNS.get('day') as never)).toEqual([
      'year',
      'quarter',
      'month',
      'month_of_year'
    ]);
    expect(timeUnitsOf(COLUMNS.get('amount') as never)).toEqual([]);
    const stamps = column('at', { type: 'datetime', role: 'time' });
    expect(timeUnitsOf(stamps)).toContain('hour_of_day');
  });

  it('follows it through joins', () => {
    const table = (name: string, columns: string[]): Table =>
      ({ name, columns: columns.map(one => column(one)) }) as Table;
    const joined = plan({
      tables: ['sales', 'shops'],
      joins: [
        {
          name: 'both',
          left: 'sales',
          right: 'shops',
          on: [['shop', 'id']],
          how: 'inner',
          why: ''
        }
      ]
    });
    const tables = [
      table('sales', ['shop', 'name']),
      table('shops', ['id', 'name', 'city'])
    ];
    expect([...(framesOf(joined, tables).get('both')?.keys() ?? [])]).toEqual([
      'shop',
      'name',
      'name (shops)',
      'city'
    ]);
  });
});

describe('widgets', () => {
  it('are offered where there are columns for them', () => {
    expect(typesFor(COLUMNS)).toEqual(
      WIDGET_TYPES.filter(type => type !== 'map')
    );
    const texts = new Map([['region', column('region')]]);
    expect(typesFor(texts)).toEqual(['bar', 'pie', 'metric', 'table', 'text']);
    expect(typesFor(null)).toEqual(['text']);
  });

  it('keep what fits when their type is changed', () => {
    const line = converted(
      bar('a', {
        x: dimension('day'),
        color: dimension('region')
      }),
      'line',
      COLUMNS
    );
    expect(line).toMatchObject({
      type: 'line',
      x: { column: 'day' },
      y: { column: 'amount', aggregate: 'sum' },
      color: { column: 'region' }
    });
    expect(line).not.toHaveProperty('orientation');
    const heatmap = converted(line ?? {}, 'heatmap', COLUMNS);
    expect(heatmap).toMatchObject({
      x: { column: 'day' },
      y: { column: 'region' },
      color: { column: 'amount', aggregate: 'sum' }
    });
    const box = converted(heatmap ?? {}, 'box', COLUMNS);
    expect(box).toMatchObject({ y: { column: 'amount', aggregate: null } });
  });

  it('replace what does not fit', () => {
    const line = converted(bar('a'), 'line', COLUMNS);
    expect(line).toMatchObject({ x: { column: 'day' } });
    const summed = bar('a', { y: measure('rate', 'sum') }) as unknown as Draft;
    expect(repaired(summed, COLUMNS)).toMatchObject({
      y: { column: 'rate', aggregate: 'mean' }
    });
    const lost = bar('a', { x: dimension('gone') }) as unknown as Draft;
    expect(repaired(lost, COLUMNS)).toMatchObject({ x: { column: 'region' } });
    const histogram = made('histogram', COLUMNS);
    const { bins, time_unit } = histogram?.['x'] as ReturnType<
      typeof dimension
    >;
    expect(bins ?? time_unit).not.toBeNull();
  });

  it('are asked for columns that make sense', () => {
    const { line, scatter, box } = WIDGET_FIELDS;
    const draft = bar('a') as unknown as Draft;
    expect(columnsFor(line.x, draft, COLUMNS)).not.toContain('region');
    expect(columnsFor(box.y, draft, COLUMNS)).toEqual(['amount', 'rate', 'id']);
    const raw = { x: measure('amount', null), y: measure('rate', null) };
    expect(columnsFor(scatter.x, raw, COLUMNS)).not.toContain('region');
  });

  it('of places are offered with the level that there is', () => {
    const places = new Map([
      ['state', column('state', { place: 'us_state', role: 'place' })]
    ]);
    expect(made('map', places)).toMatchObject({
      level: 'us_state',
      x: { column: 'state' },
      color: { aggregate: 'count' }
    });
  });
});
