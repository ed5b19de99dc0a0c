// What a dialog or a view about one dashboard works on: what goes on, what went wrong, whether the dashboard is still there.
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { take } from '../api/client';
import { ApiError, isAbort } from '../api/errors';
import { isOver, type Job } from '../api/nouns';
import type { Model } from '../model/model';

/** Between the first two looks at a job, as the stream of events may be lost; then twice as long. Milliseconds. */
const FIRST_LOOK = 100;
const LONGEST_LOOK = 2000;

export abstract class Work implements IDisposable {
  constructor(
    readonly model: Model,
    readonly slug: string
  ) {
    model.dashboardGone.connect(this._onGone, this);
  }

  /** What went wrong last; what was typed is kept. */
  error: Error | null = null;

  /** Whether an answer is waited for. */
  isBusy = false;

  /** Whether the dashboard was deleted. */
  isGone = false;

  /** Whether somebody else has changed meanwhile what is to be changed here. */
  get isStale(): boolean {
    return this.error instanceof ApiError && this.error.status === 412;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Read what is worked on, again if it was read before. */
  abstract load(): Promise<void>;

  dispose(): void {
    this._isDisposed = true;
    this.model.dashboardGone.disconnect(this._onGone, this);
    Signal.clearData(this);
  }

  /** Do something that may fail, after what was begun before. Gives whether it went well. */
  protected async attempt(step: () => Promise<void>): Promise<boolean> {
    const before = this._last;
    const mine = before.then(() => this._attempt(step));
    this._last = mine;
    this.isBusy = true;
    this.tell();
    const isDone = await mine;
    if (this._last === mine) {
      this.isBusy = false;
    }
    this.tell();
    return isDone;
  }

  private async _attempt(step: () => Promise<void>): Promise<boolean> {
    if (this.isGone || this._isDisposed) {
      return false;
    }
    this.error = null;
    try {
      await step();
      return true;
    } catch (reason) {
      if (!isAbort(reason)) {
        this.error =
          reason instanceof Error ? reason : new Error(String(reason));
        await this._lookFor(reason);
      }
      return false;
    }
  }

  /** Tell views that something is not as it was. */
  protected tell(): void {
    if (!this._isDisposed) {
      this._changed.emit();
    }
  }

  /** Wait for the end of a job; `tell` gets it whenever it is further. Ends without one when nobody waits any more. */
  protected async follow(job: Job, tell: (job: Job) => void): Promise<Job> {
    let last = job;
    tell(last);
    let wait = FIRST_LOOK;
    while (!isOver(last) && !this._isDisposed) {
      await this._nextOf(job.id, wait);
      wait = Math.min(LONGEST_LOOK, 2 * wait);
      try {
        const path = { job_id: job.id };
        last = await take(
          this.model.client.api.GET('/jobs/{job_id}', { params: { path } })
        );
        tell(last);
      } catch (reason) {
        if (!(reason instanceof ApiError && reason.isUnreachable)) {
          throw reason;
        }
      }
    }
    return last;
  }

  /** Until something is told of a job, or it is time to look. */
  private async _nextOf(id: string, wait: number): Promise<void> {
    await new Promise<void>(resolve => {
      const done = (): void => {
        clearTimeout(timer);
        this.model.jobChanged.disconnect(hear);
        resolve();
      };
      const hear = (_: unknown, job: Job): void => {
        if (job.id === id) {
          done();
        }
      };
      const timer = setTimeout(done, wait);
      this.model.jobChanged.connect(hear);
    });
  }

  /** A 404 may be about a part of the dashboard, or about all of it. */
  private async _lookFor(reason: unknown): Promise<void> {
    if (reason instanceof ApiError && reason.status === 404) {
      await this.model.reload(this.slug).catch(() => undefined);
    }
  }

  private _onGone(_: unknown, slug: string): void {
    if (slug === this.slug) {
      this.isGone = true;
      this.tell();
    }
  }

  private _isDisposed = false;
  private _last: Promise<unknown> = Promise.resolve();
  private readonly _changed = new Signal<this, void>(this);
}
