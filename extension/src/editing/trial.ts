// Running the draft as a dashboard: a job of the server, followed to its end.
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { isOver, type Job } from '../api/nouns';
import type { Model } from '../model/model';
import type { DraftLink } from './link';

/** Milliseconds between looks at a job while the stream of events may be lost. */
const LOOK = 5_000;

export class Trial implements IDisposable {
  constructor(
    private readonly _link: DraftLink,
    private readonly _model: Model
  ) {
    _model.jobChanged.connect(this._onJob, this);
    _link.context.disposed.connect(this.dispose, this);
    _link.changed.connect(this._onLink, this);
  }

  /** The newest try; null: there was none. */
  job: Job | null = null;

  /** Why no try could be begun. */
  error: Error | null = null;

  isBeginning = false;

  isDisposed = false;

  get isRunning(): boolean {
    return this.isBeginning || (this.job !== null && !isOver(this.job));
  }

  /** The version that the newest try has made; null: it has made none. */
  get version(): number | null {
    return this.job?.status === 'completed' ? this.job.version_number : null;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Save the draft, and try it. A try that goes on is ended by the server. */
  run(): Promise<void> {
    return this._begin(() => this._link.keep());
  }

  /** Try the draft as it was saved last. */
  again(): Promise<void> {
    return this._begin(() => Promise.resolve());
  }

  private async _begin(prepare: () => Promise<void>): Promise<void> {
    this.error = null;
    this.isBeginning = true;
    this._changed.emit();
    try {
      await prepare();
      this._follow(await this._link.drafts.run());
    } catch (reason) {
      this.error = reason as Error;
    } finally {
      this.isBeginning = false;
      this._changed.emit();
    }
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.isDisposed = true;
      window.clearInterval(this._timer);
      Signal.clearData(this);
    }
  }

  private _follow(job: Job): void {
    this.job = job;
    window.clearInterval(this._timer);
    if (!isOver(job)) {
      this._model.start();
      this._timer = window.setInterval(() => {
        this._link.drafts.job(job.id).then(
          now => {
            this._onJob(null, now);
          },
          () => undefined
        );
      }, LOOK);
    }
    this._changed.emit();
  }

  /** What was tried before this window was opened. */
  private _onLink(): void {
    const job = this._link.draft?.run;
    if (job && this.job === null && !this.isBeginning) {
      this._follow(job);
    }
  }

  private _onJob(_: unknown, job: Job): void {
    if (job.id !== this.job?.id || isOver(this.job)) {
      return;
    }
    this.job = job;
    if (isOver(job)) {
      window.clearInterval(this._timer);
      void this._link.bring();
    }
    this._changed.emit();
  }

  private _timer = 0;
  private readonly _changed = new Signal<this, void>(this);
}
