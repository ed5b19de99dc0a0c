// What the server says of a plan as it is edited, and which field each sentence belongs to.
import { type ISignal, Signal } from '@lumino/signaling';

import { type Client, take } from '../api/client';
import { ApiError, isAbort } from '../api/errors';
import type { Fault } from '../api/nouns';
import {
  idsOf,
  type Item,
  itemOf,
  type Part,
  partKey,
  type Plan
} from './nouns';
import { KINDS } from './reapplying';

export interface IProblem {
  part: Part;
  /** The field of the part; empty: all of it. */
  field: string;
  sentence: string;
}

/** Milliseconds without an edit before a plan is examined. */
const REST = 400;

export class Checking {
  constructor(
    private readonly _client: Client,
    private readonly _slug: string
  ) {}

  /** Of the plan that was examined last. */
  problems: readonly IProblem[] = [];

  /** The plan that was examined last, with or without problems. */
  examined: Plan | null = null;

  /** Why it could not be examined. */
  error: Error | null = null;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Examine a plan, once it has been left alone for a moment. */
  ask(plan: Plan, rest = REST): void {
    clearTimeout(this._timer);
    this._asking?.abort();
    this._timer = setTimeout(() => {
      void this._ask(plan);
    }, rest);
  }

  /** What a refusal of a plan says of its fields. */
  refuse(plan: Plan, error: ApiError): void {
    this.problems = problemsOf(error, plan);
    this.examined = plan;
    this._changed.emit();
  }

  dispose(): void {
    clearTimeout(this._timer);
    this._asking?.abort();
    Signal.clearData(this);
  }

  private async _ask(plan: Plan): Promise<void> {
    const asking = (this._asking = new AbortController());
    const params = { path: { slug: this._slug } };
    try {
      const { findings } = await take(
        this._client.api.POST('/dashboards/{slug}/plan/problems', {
          params,
          body: plan,
          signal: asking.signal
        })
      );
      this.problems = findings.map(({ item, sentence }) =>
        foundAt(plan, item, sentence)
      );
      this.error = null;
    } catch (reason) {
      if (isAbort(reason) || asking.signal.aborted) {
        return;
      }
      if (reason instanceof ApiError && reason.status === 422) {
        this.problems = problemsOf(reason, plan);
        this.error = null;
      } else {
        this.error = reason as Error;
        this._changed.emit();
        return;
      }
    }
    this.examined = plan;
    this._changed.emit();
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _asking: AbortController | null = null;
  private readonly _changed = new Signal<this, void>(this);
}

/** Of a refusal: its fields, or its sentence where it names none. */
export function problemsOf(error: ApiError, plan: Plan): IProblem[] {
  return error.errors.length > 0
    ? error.errors.map(fault => faultAt(plan, fault))
    : [{ part: { kind: 'plan' }, field: '', sentence: error.message }];
}

/** A fault in the body, such as that of `widgets.2.bar.x.column`. */
export function faultAt(plan: Plan, { name, message }: Fault): IProblem {
  const [list, index, ...rest] = name.split('.');
  const kind = KINDS.find(one => `${one}s` === list);
  const at = Number.parseInt(index ?? '', 10);
  const id = kind && idsOf(plan, kind)[at];
  const sentence = capitalized(message);
  if (!kind || id === undefined) {
    // "widgets 'a' and 'b' overlap" and the like are told of the whole.
    const found = namedIn(plan, message);
    return found
      ? { part: found, field: '', sentence }
      : { part: { kind: 'plan' }, field: list ?? '', sentence };
  }
  const item = itemOf(plan, kind, id) as unknown as Record<string, unknown>;
  // The type stands in the way where the classes of a list are told apart by it.
  const field = rest[0] === item['type'] ? rest[1] : rest[0];
  return { part: { kind, id }, field: field ?? '', sentence };
}

/** A sentence about an item of this id; the field is the one whose column it names. */
export function foundAt(
  plan: Plan,
  id: string | null,
  sentence: string
): IProblem {
  const part = partOf(plan, id) ?? { kind: 'plan' };
  const item = 'id' in part ? itemOf(plan, part.kind, part.id) : null;
  return { part, field: item ? fieldIn(item, sentence) : '', sentence };
}

function partOf(plan: Plan, id: string | null): Part | null {
  for (const kind of ['widget', 'filter', 'insight'] as const) {
    if (id !== null && idsOf(plan, kind).includes(id)) {
      return { kind, id };
    }
  }
  return null;
}

function namedIn(plan: Plan, message: string): Part | null {
  for (const [, name] of message.matchAll(/'([a-z][a-z0-9_]*)'/g)) {
    const part = partOf(plan, name ?? null);
    if (part) {
      return part;
    }
  }
  return null;
}

/** Aggregates as the server's sentences have them tell measures from dimensions. */
const OF_MEASURES = /takes the|sums '|parts of a whole|logarithmic/;

/** Fields whose texts are no columns. */
const NO_COLUMNS = new Set(['id', 'type', 'title', 'why', 'frame', 'frames']);

function fieldIn(item: Item, sentence: string): string {
  const isMeasure = OF_MEASURES.test(sentence);
  const named = Object.entries(item)
    .filter(
      ([name, value]) => !NO_COLUMNS.has(name) && namesColumn(value, sentence)
    )
    .map(([name, value]) => ({
      name,
      fits:
        isMeasure ===
        (typeof value === 'object' && value !== null && 'aggregate' in value)
    }));
  return (named.find(({ fits }) => fits) ?? named[0])?.name ?? '';
}

function namesColumn(value: unknown, sentence: string): boolean {
  if (Array.isArray(value)) {
    return value.some(one => namesColumn(one, sentence));
  }
  if (typeof value === 'object' && value !== null && 'column' in value) {
    return namesColumn(value.column, sentence);
  }
  // The first words name the owner, and what there is instead comes after a full stop.
  return (
    typeof value === 'string' &&
    sentence.replace(/^The \w+ '[^']*'/, '').includes(`'${value}'`)
  );
}

export function problemsAt(
  problems: readonly IProblem[],
  part: Part
): readonly IProblem[] {
  const key = partKey(part);
  return problems.filter(one => partKey(one.part) === key);
}

function capitalized(text: string): string {
  const plain = text.replace(/^Value error, /, '');
  const sentence = plain.charAt(0).toUpperCase() + plain.slice(1);
  return /[.!?]$/.test(sentence) ? sentence : `${sentence}.`;
}
