// The work of saying when a dashboard is refreshed by itself.
import type { TranslationBundle } from '@jupyterlab/translation';

import { tagged, take } from '../api/client';
import { ApiError } from '../api/errors';
import type { Outlook, ScheduleState } from '../api/nouns';
import type { Model } from '../model/model';
import { ownZone } from '../working/time';
import { Work } from '../working/work';
import {
  type Faults,
  fieldOf,
  type ITyped,
  scheduleOf,
  timingOf,
  typed,
  untouched
} from './timing';

/** How long nothing may be typed before the next times are asked for. Milliseconds. */
const SETTLED = 250;

export class Scheduling extends Work {
  constructor(
    model: Model,
    slug: string,
    private readonly _trans: TranslationBundle
  ) {
    super(model, slug);
  }

  state: ScheduleState | null = null;
  value: ITyped = untouched(ownZone());
  faults: Faults = {};

  /** What the schedule as it is typed would do; null while it is none. */
  outlook: Outlook | null = null;

  get isPaused(): boolean {
    return (
      this.state?.paused_at !== null && this.state?.paused_at !== undefined
    );
  }

  get isPossible(): boolean {
    return (
      this.state !== null &&
      Object.keys(this.faults).length === 0 &&
      !this.isStale
    );
  }

  write(change: Partial<ITyped>): void {
    this.value = { ...this.value, ...change };
    this._isTyped = true;
    this._examine();
  }

  /** Read it; what was typed here already is kept. */
  async load(): Promise<void> {
    await this.attempt(async () => {
      const { api } = this.model.client;
      const found = await tagged(
        api.GET('/dashboards/{slug}/schedule', { params: this._path })
      );
      this._take(found.value, found.etag);
      if (!this._isTyped) {
        this.value = typed(found.value, ownZone());
      }
    });
    this._examine(0);
  }

  /** Set what is typed, or take the schedule away where it is "off". */
  async save(): Promise<boolean> {
    return this._set(this.isPaused && !this._isTyped);
  }

  /** Keep it, and begin nothing, or go on. */
  async pause(isPaused: boolean): Promise<boolean> {
    return !this.isBusy && this._set(isPaused);
  }

  override dispose(): void {
    clearTimeout(this._timer);
    this._asking?.abort();
    super.dispose();
  }

  private get _path(): { path: { slug: string } } {
    return { path: { slug: this.slug } };
  }

  private async _set(isPaused: boolean): Promise<boolean> {
    const { timing, faults } = timingOf(this.value, this._trans);
    this.faults = faults;
    if (Object.keys(faults).length > 0) {
      this.tell();
      return false;
    }
    const isDone = await this.attempt(async () => {
      const { api } = this.model.client;
      const params = { ...this._path, header: { 'If-Match': this._etag } };
      if (!timing) {
        await take(api.DELETE('/dashboards/{slug}/schedule', { params }));
      } else {
        const body = scheduleOf(this.value, timing, isPaused);
        const set = await tagged(
          api.PUT('/dashboards/{slug}/schedule', { params, body })
        );
        this._take(set.value, set.etag);
      }
      this._isTyped = false;
      await this.model.reload(this.slug).catch(() => undefined);
    });
    this._learn(this.error);
    return isDone;
  }

  private _take(state: ScheduleState, etag: string): void {
    this.state = state;
    this._etag = etag;
  }

  /** Look at what is typed, and ask for the next times when nobody types any more. */
  private _examine(wait = SETTLED): void {
    const { timing, faults } = timingOf(this.value, this._trans);
    this.faults = faults;
    clearTimeout(this._timer);
    this._asking?.abort();
    if (!timing) {
      this.outlook = null;
    } else if (!this.isDisposed) {
      this._timer = setTimeout(() => {
        void this._ask(timing);
      }, wait);
    }
    this.tell();
  }

  private async _ask(timing: ITiming): Promise<void> {
    const asking = new AbortController();
    this._asking = asking;
    try {
      this.outlook = await take(
        this.model.client.api.POST('/schedules/preview', {
          body: { timing, zone: this.value.zone.trim() },
          signal: asking.signal
        })
      );
    } catch (reason) {
      if (asking.signal.aborted) {
        return;
      }
      this.outlook = null;
      this._learn(reason);
    }
    this.tell();
  }

  /** Take over what the server says about fields. */
  private _learn(reason: unknown): void {
    if (!(reason instanceof ApiError) || reason.status !== 422) {
      return;
    }
    for (const fault of reason.errors) {
      const field = fieldOf(fault.name);
      if (field) {
        this.faults = { ...this.faults, [field]: fault.message };
      }
    }
    if (reason.errors.length === 0 && this.value.kind === 'cron') {
      this.faults = { ...this.faults, cron: reason.message };
    }
    this.tell();
  }

  private _etag = '';
  private _isTyped = false;
  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _asking: AbortController | null = null;
}

type ITiming = NonNullable<ReturnType<typeof timingOf>['timing']>;
