// A job that makes a dashboard, followed to its end, through being tried again, whoever does that.
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { newKey, take } from '../api/client';
import { ApiError, errorOf } from '../api/errors';
import { isOver, type Job, type StepName } from '../api/nouns';
import type { Model } from '../model/model';

export class Following implements IDisposable {
  constructor(
    private readonly _model: Model,
    public job: Job
  ) {
    _model.start();
    _model.jobChanged.connect(this._onJob, this);
    _model.dashboardGone.connect(this._onGone, this);
    _model.serverChanged.connect(this._onServer, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when the job ends while it is followed. */
  get over(): ISignal<this, Job> {
    return this._over;
  }

  /** Whether the dashboard was deleted. */
  isGone = false;

  /** Whether it is being stopped or begun again just now. */
  isBusy = false;

  /** Why that did not work. */
  problem: Error | null = null;

  isDisposed = false;

  /** Whoever looks needs no notification of the end. */
  get isWatched(): boolean {
    return this._isWatched;
  }

  set isWatched(isWatched: boolean) {
    this._isWatched = isWatched;
    if (isWatched || isOver(this.job)) {
      this._model.begun.delete(this.job.id);
    } else {
      this._model.begun.add(this.job.id);
    }
  }

  async cancel(): Promise<void> {
    await this._act(async () => {
      const path = { job_id: this.job.id };
      this._accept(
        await take(
          this._model.client.api.POST('/jobs/{job_id}/cancel', {
            params: { path }
          })
        )
      );
    });
  }

  /** Begin again, with what was made before a step. */
  async retry(from: StepName | null): Promise<void> {
    if (this._attempt?.from !== from) {
      this._attempt = { from, header: newKey() };
    }
    const { header } = this._attempt;
    await this._act(async () => {
      const path = { job_id: this.job.id };
      const query = from === null ? {} : { from };
      const job = await take(
        this._model.client.api.POST('/jobs/{job_id}/retry', {
          params: { path, query, header }
        })
      );
      this._attempt = null;
      this._accept(job);
      this._model.begin(job);
      this.isWatched = this._isWatched;
    });
  }

  /** What it is now; changes may have been missed. */
  async read(): Promise<void> {
    try {
      const path = { job_id: this.job.id };
      this._accept(
        await take(
          this._model.client.api.GET('/jobs/{job_id}', { params: { path } })
        )
      );
    } catch (reason) {
      if (reason instanceof ApiError && reason.status === 404) {
        this._onGone(null, this.job.slug);
      }
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.isWatched = false;
      this.isDisposed = true;
      Signal.clearData(this);
    }
  }

  private async _act(act: () => Promise<void>): Promise<void> {
    if (this.isBusy) {
      return;
    }
    this.isBusy = true;
    this.problem = null;
    this._changed.emit();
    try {
      await act();
    } catch (reason) {
      this.problem = errorOf(reason);
      if (reason instanceof ApiError && !reason.isUnreachable) {
        this._attempt = null;
        void this.read();
      }
    } finally {
      this.isBusy = false;
      this._changed.emit();
    }
  }

  private _accept(job: Job): void {
    if (isOver(this.job) && job.id === this.job.id) {
      return; // an answer that was on its way when the end was told
    }
    const ends = isOver(job) && !isOver(this.job);
    this.job = job;
    this._changed.emit();
    if (ends) {
      this._over.emit(job);
    }
  }

  private _onJob(_: unknown, job: Job): void {
    if (job.id === this.job.id) {
      this._accept(job);
    } else if (job.retry_of === this.job.id) {
      this._accept(job);
    }
  }

  private _onGone(_: unknown, slug: string): void {
    if (slug === this.job.slug) {
      this.isGone = true;
      this._model.begun.delete(this.job.id);
      this._changed.emit();
    }
  }

  private _onServer(): void {
    if (this._model.server.kind === 'online' && !isOver(this.job)) {
      void this.read();
    }
  }

  /** Of an attempt to begin again that was not answered. */
  private _attempt: {
    from: StepName | null;
    header: { 'Idempotency-Key': string };
  } | null = null;
  private _isWatched = false;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _over = new Signal<this, Job>(this);
}
