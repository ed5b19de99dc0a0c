// The work of letting viewers see another version: a draft that is tried first, one that was tried, or an older one.
import { newKey, tagged, take } from '../api/client';
import { ApiError } from '../api/errors';
import {
  type Dashboard,
  type Difference,
  type Draft,
  isOver,
  type Job,
  type Version
} from '../api/nouns';
import type { Model } from '../model/model';
import { Work } from '../working/work';

export class Publishing extends Work {
  /** @param chosen - A version; null: what the draft of the notebook makes. */
  constructor(
    model: Model,
    slug: string,
    readonly chosen: number | null = null
  ) {
    super(model, slug);
  }

  dashboard: Dashboard | null = null;
  draft: Draft | null = null;

  /** What would be published; null until the draft as it is saved was tried. */
  version: Version | null = null;

  /** What would be different for viewers; null where nobody knows yet. */
  differences: readonly Difference[] | null = null;

  /** The try that goes on, or that was the last one. */
  job: Job | null = null;

  /** What the person writes. */
  note = '';
  reason = '';

  /** What viewers see now. */
  get seen(): number | null {
    return this.dashboard?.version?.number ?? null;
  }

  get isRollBack(): boolean {
    return this.chosen !== null && this.chosen < (this.seen ?? 0);
  }

  /** Whether there is something that viewers do not see already. */
  get isThereAnything(): boolean {
    return this.chosen !== null
      ? this.chosen !== this.seen
      : this.draft?.exists === true;
  }

  /** Whether the draft has to be run before. */
  get needsRun(): boolean {
    return this.version === null;
  }

  /** Why a person has to say that it is published all the same. */
  get objections(): readonly string[] {
    return this.version?.broken ?? [];
  }

  /** Whether the version has none of a person's edits, as they have to be decided about. */
  get isUndecided(): boolean {
    return (this.version?.conflicts.length ?? 0) > 0;
  }

  get needsReason(): boolean {
    return this.objections.length > 0 || this.isUndecided;
  }

  get isPossible(): boolean {
    return (
      this.isThereAnything &&
      (!this.needsReason || this.reason.trim() !== '') &&
      !this.isStale
    );
  }

  write(change: { note?: string; reason?: string }): void {
    Object.assign(this, change);
    this.tell();
  }

  async load(): Promise<void> {
    await this.attempt(async () => {
      await this._read();
    });
  }

  /** Run the draft as it is saved, and look at what came out. Gives whether it ended well. */
  async run(): Promise<boolean> {
    return !this.isBusy && this.attempt(() => this._run());
  }

  /** Publish; run the draft before, where it must be. Gives whether viewers see it now. */
  async publish(): Promise<boolean> {
    return this.attempt(async () => {
      if (this.needsRun) {
        await this._run();
        if (this.needsReason) {
          throw new Objection();
        }
      }
      await this._put();
    }).then(isDone => {
      if (this.error instanceof Objection) {
        this.error = null;
        this.tell();
      }
      return isDone;
    });
  }

  /** Whoever goes away while it is tried is told of the end. */
  override dispose(): void {
    if (this.isBusy && this.job) {
      this.model.begin(this.job);
    }
    super.dispose();
  }

  private get _path(): { path: { slug: string } } {
    return { path: { slug: this.slug } };
  }

  private async _read(): Promise<void> {
    const { api } = this.model.client;
    const params = this._path;
    const found = await tagged(api.GET('/dashboards/{slug}', { params }));
    this.dashboard = found.value;
    this._etag = found.etag;
    if (this.chosen !== null) {
      await this._look(this.chosen);
      return;
    }
    this.draft = await take(api.GET('/dashboards/{slug}/draft', { params }));
    const { run, run_revision, revision } = this.draft;
    this.job = run_revision === revision ? run : null;
    this.version = null;
    this.differences = null;
    if (run?.status === 'completed' && run_revision === revision) {
      await this._look(run.version_number);
    }
  }

  private async _run(): Promise<void> {
    const { api } = this.model.client;
    const begun = this.job && !isOver(this.job) ? this.job : null;
    const started =
      begun ??
      (await take(
        api.POST('/dashboards/{slug}/draft/runs', {
          params: { ...this._path, header: newKey() }
        })
      ));
    const job = await this.follow(started, now => {
      this.job = now;
      this.tell();
    });
    if (job.status !== 'completed') {
      throw new ApiError(
        job.error_message ?? 'The run was stopped.',
        0,
        job.error_code ?? job.status
      );
    }
    await this._look(job.version_number);
  }

  private async _look(number: number): Promise<void> {
    const { api } = this.model.client;
    const path = { slug: this.slug, number };
    const { version } = await take(
      api.GET('/dashboards/{slug}/versions/{number}', { params: { path } })
    );
    this.version = version;
    this.differences = null;
    if (this.seen !== null && this.seen !== number) {
      const { differences } = await take(
        api.GET('/dashboards/{slug}/versions/{number}/changes', {
          params: { path, query: { since: this.seen } }
        })
      );
      this.differences = differences;
    }
  }

  private async _put(): Promise<void> {
    if (!this.version) {
      return;
    }
    const { api } = this.model.client;
    const despite = this.needsReason ? this.reason.trim() : null;
    const { number } = this.version;
    const published = await take(
      api.PUT('/dashboards/{slug}/published', {
        params: { ...this._path, header: { 'If-Match': this._etag } },
        body: { number, note: this.note.trim(), despite }
      })
    );
    this.dashboard = published;
    this.model.show(published);
  }

  private _etag = '';
}

/** The run ended well, and did not hold what the plan expects: a person decides. */
class Objection extends Error {}
