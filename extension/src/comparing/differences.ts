// What is different between two versions, in words and in the order in which it matters to viewers.
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Difference } from '../api/nouns';

export interface IChange {
  key: string;
  change: Difference['change'];
  text: string;
  /** What of it, or how it was and is. */
  detail: string;
}

export interface IGroup {
  kind: 'widgets' | 'words' | 'data' | 'code' | 'broken';
  changes: IChange[];
}

const GROUPS: readonly [IGroup['kind'], readonly Difference['kind'][]][] = [
  ['broken', ['broken']],
  ['widgets', ['widget', 'filter']],
  ['words', ['title', 'description', 'insight']],
  ['data', ['data', 'table', 'join']],
  ['code', ['cell', 'parameter', 'expectation']]
];

/** By group, without groups in which nothing is different. */
export function grouped(
  differences: readonly Difference[],
  trans: TranslationBundle
): IGroup[] {
  return GROUPS.map(([kind, kinds]) => ({
    kind,
    changes: differences
      .filter(one => kinds.includes(one.kind))
      .map(one => said(one, trans))
  })).filter(({ changes }) => changes.length > 0);
}

export function titleOf(
  kind: IGroup['kind'],
  trans: TranslationBundle
): string {
  switch (kind) {
    case 'broken':
      return trans.__('What the plan expects');
    case 'widgets':
      return trans.__('Charts, tables and filters');
    case 'words':
      return trans.__('Words');
    case 'data':
      return trans.__('Data');
    case 'code':
      return trans.__('Notebook');
  }
}

export function said(one: Difference, trans: TranslationBundle): IChange {
  const name = nameOf(one);
  return {
    key: `${one.kind} ${one.name}`,
    change: one.change,
    text: textOf(one, name, trans),
    detail: detailOf(one, trans)
  };
}

function textOf(
  one: Difference,
  name: string,
  trans: TranslationBundle
): string {
  switch (one.kind) {
    case 'title':
      return trans.__('Title');
    case 'description':
      return trans.__('Description');
    case 'widget':
      return trans.__('"%1" (%2)', name, field(one, 'type') ?? '');
    case 'filter':
      return trans.__('Filter "%1"', name);
    case 'insight':
      return trans.__('Sentence "%1"', name);
    case 'cell':
      return trans.__('Cell "%1", written by a person', name);
    case 'table':
    case 'data':
      return trans.__('Data "%1"', name);
    case 'join':
      return trans.__('Join "%1"', name);
    case 'parameter':
      return trans.__('Parameter "%1"', name);
    case 'expectation':
      return trans.__('Expectation of "%1"', name);
    case 'broken':
      return one.change === 'removed'
        ? trans.__('Holds again: %1', one.name)
        : one.name;
  }
}

function detailOf(one: Difference, trans: TranslationBundle): string {
  if (one.change !== 'changed') {
    return '';
  }
  if (typeof one.before === 'string' && typeof one.after === 'string') {
    return one.kind === 'title'
      ? trans.__('"%1", before "%2"', one.after, one.before)
      : '';
  }
  if (one.kind === 'data') {
    const [was, now] = [sizeOf(one.before), sizeOf(one.after)];
    return was !== null && now !== null && was !== now
      ? trans.__('%1, before %2', bytes(now), bytes(was))
      : trans.__('Other content of the same size');
  }
  return one.fields.map(name => name.replaceAll('_', ' ')).join(', ');
}

function nameOf(one: Difference): string {
  return (
    field(one, 'title') ??
    field(one, 'label') ??
    (one.kind === 'cell' ? (field(one, 'widget') ?? firstLine(one)) : null) ??
    one.name
  );
}

/** Of a cell's source. */
function firstLine(one: Difference): string | null {
  const line = field(one, 'source')?.trim().split('\n')[0] ?? '';
  return line === '' ? null : line.slice(0, 80);
}

/** A text of how the thing is now, or was. */
function field({ before, after }: Difference, name: string): string | null {
  for (const side of [after, before]) {
    const value =
      typeof side === 'object' && side !== null
        ? (side as Record<string, unknown>)[name]
        : null;
    if (typeof value === 'string' && value !== '') {
      return value;
    }
  }
  return null;
}

function sizeOf(side: unknown): number | null {
  const size = (side as { bytes?: unknown } | null)?.bytes;
  return typeof size === 'number' ? size : null;
}

/** As in "1.2 MB". */
export function bytes(count: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte'] as const;
  const step = Math.min(
    units.length - 1,
    count < 1000 ? 0 : Math.floor(Math.log10(count) / 3)
  );
  return new Intl.NumberFormat(undefined, {
    style: 'unit',
    unit: units[step] ?? 'byte',
    maximumSignificantDigits: 3
  }).format(count / 1000 ** step);
}
