// A look at a plan that is not saved: the server makes a version of it that nobody else sees.
import { type ISignal, Signal } from '@lumino/signaling';

import { newKey, take } from '../api/client';
import { isAbort } from '../api/errors';
import { isOver, type Job } from '../api/nouns';
import type { Model } from '../model/model';
import type { Plan } from './nouns';

/** An edit, as previews name it. */
export interface IEdit {
  plan: Plan;
  label: string;
  number: number;
}

export interface IFailure {
  edit: IEdit;
  sentence: string;
  /** Of the notebook, where one failed. */
  cell: string | null;
  line: number | null;
}

/** Milliseconds without an edit before a preview is begun. */
const REST = 1200;

export class Previewing {
  constructor(
    private readonly _model: Model,
    private readonly _slug: string
  ) {
    _model.jobChanged.connect(this._onJob, this);
    _model.serverChanged.connect(this._onServer, this);
  }

  /** The version whose page is there, and the edit that it shows. */
  shown: { edit: IEdit; version: number } | null = null;

  /** What is made now; the job is null until the server has taken it. */
  run: { edit: IEdit; job: Job | null } | null = null;

  failure: IFailure | null = null;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Preview an edit, once it has been left alone for a moment. */
  ask(edit: IEdit, rest = REST): void {
    this.wait();
    if (
      this.run?.edit.plan === edit.plan ||
      this.shown?.edit.plan === edit.plan
    ) {
      return;
    }
    this._timer = setTimeout(() => {
      void this._begin(edit);
    }, rest);
  }

  /** Begin nothing that has not begun. */
  wait(): void {
    clearTimeout(this._timer);
  }

  /** There is nothing to be previewed: the plan is as it is published. */
  clear(): void {
    this.wait();
    this._asking?.abort();
    if (this.shown ?? this.run ?? this.failure) {
      this.shown = this.run = this.failure = null;
      this._changed.emit();
    }
  }

  dispose(): void {
    this.wait();
    this._asking?.abort();
    Signal.disconnectReceiver(this);
    Signal.clearData(this);
  }

  private async _begin(edit: IEdit): Promise<void> {
    this._asking?.abort();
    const asking = (this._asking = new AbortController());
    this.run = { edit, job: null };
    this.failure = null;
    this._changed.emit();
    try {
      const job = await take(
        this._model.client.api.POST('/dashboards/{slug}/plan/runs', {
          params: { path: { slug: this._slug }, header: newKey() },
          body: edit.plan,
          signal: asking.signal
        })
      );
      this.run = { edit, job };
      this._changed.emit();
      // It may have ended before it was known here which job it is.
      await this._look(job.id);
    } catch (reason) {
      if (isAbort(reason) || asking.signal.aborted) {
        return;
      }
      this._fail(edit, (reason as Error).message);
    }
  }

  private async _look(jobId: string): Promise<void> {
    const job = await take(
      this._model.client.api.GET('/jobs/{job_id}', {
        params: { path: { job_id: jobId } }
      })
    ).catch(() => null);
    if (job) {
      this._onJob(null, job);
    }
  }

  private _onJob(_: unknown, job: Job): void {
    const { run } = this;
    if (run?.job?.id !== job.id) {
      return;
    }
    if (!isOver(job)) {
      this.run = { ...run, job };
    } else {
      this.run = null;
      if (job.status === 'completed') {
        this.shown = { edit: run.edit, version: job.version_number };
        this.failure = null;
      } else if (job.status === 'failed') {
        const { error_cell: cell, error_line: line } = job;
        this._fail(run.edit, job.error_message ?? '', cell, line);
        return;
      }
    }
    this._changed.emit();
  }

  /** What has happened while the server was gone is not told again. */
  private _onServer(): void {
    if (this._model.server.kind === 'online' && this.run?.job) {
      void this._look(this.run.job.id);
    }
  }

  private _fail(
    edit: IEdit,
    sentence: string,
    cell: string | null = null,
    line: number | null = null
  ): void {
    this.run = null;
    this.failure = { edit, sentence, cell, line };
    this._changed.emit();
  }

  private _timer: ReturnType<typeof setTimeout> | undefined;
  private _asking: AbortController | null = null;
  private readonly _changed = new Signal<this, void>(this);
}
