// A question while it is put together, and how it is sent: once, however often that has to be tried.
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { newKey, take } from '../api/client';
import { ApiError, errorOf } from '../api/errors';
import type { Begun, NewDashboard, Source } from '../api/nouns';
import type { Model } from '../model/model';
import { type IQuestion, NO_QUESTION } from './notepad';
import { dataOf } from './piece';
import { Pieces } from './pieces';

/** Milliseconds between attempts where the server does not say how long to wait. */
const PAUSE = 2000;

export type FieldName = 'text' | 'title' | 'planner' | 'sources' | 'charts';

/** Fields by what the API calls them. */
const FIELDS: readonly [RegExp, FieldName][] = [
  [/^question/, 'text'],
  [/^title/, 'title'],
  [/^wishes\.planner/, 'planner'],
  [/^wishes\.sources/, 'sources'],
  [/^wishes\.max_widgets/, 'charts']
];

export class Form implements IDisposable {
  constructor(
    private readonly _model: Model,
    contents: Contents.IManager,
    private readonly _trans: TranslationBundle
  ) {
    this.pieces = new Pieces(_model, contents, _trans);
    this.pieces.changed.connect(() => {
      this._changed.emit();
    });
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  readonly pieces: Pieces;

  /** What the server objects to, by field. */
  faults: Partial<Record<FieldName, string>> = {};

  /** Why it was not made, where that is about no field. */
  problem: Error | null = null;

  /** While it is sent: why the last attempt failed, if one did. */
  sending: { error: Error | null } | null = null;

  /** Who can plan, and where data is looked for; empty until the server has said it. */
  planners: readonly string[] = [];
  sources: readonly Source[] = [];

  get question(): IQuestion {
    const pieces = this.pieces.items.map(({ piece }) => piece);
    return { ...this._question, pieces };
  }

  isDisposed = false;

  set(change: Partial<Omit<IQuestion, 'pieces'>>): void {
    this._question = { ...this._question, ...change };
    this.faults = Object.fromEntries(
      Object.entries(this.faults).filter(([name]) => !(name in change))
    );
    this.problem = null;
    this._changed.emit();
  }

  restore(question: IQuestion): void {
    this._question = question;
    this.pieces.restore(question.pieces);
  }

  /** Ask the server what can be chosen. What it does not say is not offered. */
  async learn(): Promise<void> {
    const { api } = this._model.client;
    const none = { items: [] };
    const [sources, planners] = await Promise.all([
      take(api.GET('/sources')).catch(() => none),
      take(api.GET('/planners')).catch(() => none),
      this.pieces.examine().catch(() => undefined)
    ]);
    this.sources = sources.items;
    this.planners = planners.items;
    if (!this.isDisposed) {
      this._changed.emit();
    }
  }

  /** Null: it was stopped, or something is wrong that is now said at its place. */
  async create(): Promise<Begun | null> {
    if (this.sending) {
      return null;
    }
    this.pieces.forgive();
    if (!this._isComplete()) {
      return null;
    }
    const stop = (this._stop = new AbortController());
    this.problem = null;
    this.faults = {};
    this.sending = { error: null };
    this._changed.emit();
    try {
      await this.pieces.check();
      return this.pieces.hasErrors ? null : await this._send(stop.signal);
    } catch (reason) {
      if (!stop.signal.aborted) {
        this._object(errorOf(reason));
      }
      return null;
    } finally {
      this.sending = null;
      this._changed.emit();
    }
  }

  stop(): void {
    this._stop?.abort();
  }

  dispose(): void {
    this.isDisposed = true;
    this.stop();
    this.pieces.dispose();
    Signal.clearData(this);
  }

  private _isComplete(): boolean {
    if (this._question.text.trim() === '') {
      this.faults = { text: this._trans.__('Write what you want to know.') };
    } else if (this.pieces.isSending) {
      this.problem = new Error(
        this._trans.__(
          'A file is still being sent. Wait for it, or remove it from the list.'
        )
      );
    } else if (this.pieces.hasErrors) {
      this.problem = new Error(
        this._trans.__(
          'Not all of the data can be used; see what is said there.'
        )
      );
    } else {
      return true;
    }
    this._changed.emit();
    return false;
  }

  /** Under one key until the server has answered, so that it is made once. */
  private async _send(signal: AbortSignal): Promise<Begun> {
    const { api } = this._model.client;
    for (;;) {
      try {
        if (!this._model.about) {
          await this._model.ask();
        }
        const body = this._body();
        const begun = await take(
          api.POST('/dashboards', {
            body,
            params: { header: this._keyOf(JSON.stringify(body)) },
            signal
          })
        );
        this._sent = null; // the same question asked again is another dashboard
        return begun;
      } catch (reason) {
        if (signal.aborted || !isPassing(reason)) {
          throw reason;
        }
        this.sending = { error: reason };
        this._changed.emit();
        await pause((reason.retryAfter ?? 0) * 1000 || PAUSE, signal);
      }
    }
  }

  private _keyOf(body: string): { 'Idempotency-Key': string } {
    if (this._sent?.body !== body) {
      this._sent = { body, key: newKey() };
    }
    return this._sent.key;
  }

  private _body(): NewDashboard {
    const { text, title, planner, sources, hasSamples, charts, pieces } =
      this.question;
    const root = this._model.about?.root ?? '';
    return {
      question: text.trim(),
      title: title.trim() || null,
      data: pieces.map(piece => dataOf(piece, root)),
      wishes: {
        planner,
        sources: sources.length > 0 ? [...sources] : null,
        // Only forbidding is a wish: what else is told is up to the server's settings.
        sample_values: hasSamples ? null : false,
        max_widgets: charts.trim() === '' ? null : Number(charts)
      },
      refresh_interval: 0,
      is_public: false,
      tags: []
    };
  }

  /** Say each thing at its place. */
  private _object(error: Error): void {
    const faults = error instanceof ApiError ? error.errors : [];
    let isPlaced = false;
    for (const { name, message } of faults) {
      const place = /^data\.(\d+)/.exec(name)?.[1];
      const key = this.pieces.items[Number(place ?? -1)]?.key;
      const field = FIELDS.find(([pattern]) => pattern.test(name))?.[1];
      if (key !== undefined) {
        this.pieces.fault(key, message);
        isPlaced = true;
      } else if (field) {
        this.faults = { ...this.faults, [field]: message };
        isPlaced = true;
      }
    }
    this.problem = isPlaced ? null : error;
  }

  private _question: IQuestion = NO_QUESTION;
  private _sent: { body: string; key: { 'Idempotency-Key': string } } | null =
    null;
  private _stop: AbortController | null = null;
  private readonly _changed = new Signal<this, void>(this);
}

/** Whether the same request may succeed a little later. */
function isPassing(reason: unknown): reason is ApiError {
  return (
    reason instanceof ApiError &&
    (reason.isUnreachable ||
      [502, 503, 504].includes(reason.status) ||
      (reason.status === 409 && reason.retryAfter !== null))
  );
}

async function pause(milliseconds: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>(resolve => {
    const timer = setTimeout(resolve, milliseconds);
    signal.addEventListener('abort', () => {
      clearTimeout(timer);
      resolve();
    });
  });
}
