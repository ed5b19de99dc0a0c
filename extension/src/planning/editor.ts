// One plan while it is edited: its edits, what the server says of it, and what becomes of it.
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { type ITagged, newKey, tagged, take } from '../api/client';
import { ApiError } from '../api/errors';
import { type Dashboard, isOver, type Job, type Me } from '../api/nouns';
import type { Model } from '../model/model';
import { Checking } from './checking';
import { type Frames, framesOf } from './columns';
import { History } from './history';
import { Keeping } from './keeping';
import { isSame, type Part, partKey, type Plan, type Table } from './nouns';
import { Previewing } from './previewing';
import { differences, type IDifference, reapplied } from './reapplying';

/** Another plan than the one that edits were begun on. */
export interface ITheirs {
  plan: ITagged<Plan>;
  /** What it changes. */
  changes: IDifference[];
  /** What the edits change in another way. */
  conflicts: IDifference[];
}

/** What this window has begun that ends in another version. */
export interface IWork {
  what: 'save' | 'amend';
  job: Job | null;
  /** What was sent, of a save. */
  sent: Plan | null;
}

export class Editor implements IDisposable {
  constructor(
    readonly model: Model,
    readonly slug: string,
    private readonly _trans: TranslationBundle
  ) {
    this._keeping = new Keeping(model.client.base, slug);
    this.checking = new Checking(model.client, slug);
    this.previewing = new Previewing(model, slug);
    this.checking.changed.connect(this._onChecked, this);
    this.previewing.changed.connect(this._tell, this);
    this._keeping.heard.connect((_, kept) => {
      this.elsewhere = kept && !isSame(kept.plan, this.plan) ? kept.plan : null;
      this._tell();
    });
    model.dashboardChanged.connect(this._onDashboard, this);
    model.dashboardGone.connect(this._onGone, this);
    model.jobChanged.connect(this._onJob, this);
    model.serverChanged.connect(this._onServer, this);
  }

  readonly checking: Checking;
  readonly previewing: Previewing;

  /** The plan as it was read; null until it was. */
  base: ITagged<Plan> | null = null;

  /** Why it could not be read. */
  error: Error | null = null;

  selected: Part = { kind: 'plan' };

  /** Whether each edit is previewed by itself. */
  isLive = true;

  /** Why nothing can be changed; null: it can. */
  readOnly: string | null = null;

  /** Whether the dashboard is no more. */
  isGone = false;

  theirs: ITheirs | null = null;

  /** What another window is making of the same plan. */
  elsewhere: Plan | null = null;

  work: IWork | null = null;

  /** What became of the last save or amendment. */
  told: { kind: 'info' | 'error'; sentence: string } | null = null;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get plan(): Plan | null {
    return this._history?.now.value ?? null;
  }

  get history(): History<Plan> | null {
    return this._history;
  }

  get isDirty(): boolean {
    return this.base !== null && !isSame(this.plan, this.base.value);
  }

  get canEdit(): boolean {
    return this.base !== null && this.readOnly === null && !this.isGone;
  }

  /** The number of the version that edits are based on. */
  get version(): number {
    return numberOf(this.base?.etag ?? '');
  }

  get frames(): Frames {
    const { plan } = this;
    if (plan && (plan !== this._framed || this._frames === null)) {
      this._framed = plan;
      this._frames = framesOf(plan, this._tables);
    }
    return this._frames ?? new Map();
  }

  /** Of the table behind a frame; null for joins and before it was read. */
  tableOf(frame: string): Table | null {
    return this._tables.find(({ name }) => name === frame) ?? null;
  }

  get isDisposed(): boolean {
    return this._isDisposed;
  }

  /** Read the plan; edits that were kept are there again. */
  async open(): Promise<void> {
    this.error = null;
    try {
      const dashboard = await this.model.reload(this.slug);
      const read = await this._read();
      const me = await take(this.model.client.api.GET('/me'));
      this.readOnly = refusalFor(me, dashboard, this._trans);
      await this._readTables(read.value);
      const kept = this.readOnly === null ? this._keeping.read() : null;
      this.base = kept?.base ?? read;
      this._history = new History(this.base.value);
      this.selected = kept?.selected ?? this.selected;
      if (kept && !isSame(kept.plan, kept.base.value)) {
        this._history.add(kept.plan, this._trans.__('Edits of before'));
      }
      this._meet(read);
      this._follow();
    } catch (reason) {
      this.error = reason as Error;
    }
    this._tell();
  }

  /**
   * Make another plan of it.
   *
   * @param label What is done, for people.
   * @param key What is edited: the next edit of the same is taken back with it.
   */
  edit(plan: Plan, label: string, key = ''): void {
    if (!this.canEdit || !this._history || isSame(plan, this.plan)) {
      return;
    }
    this._history.add(plan, label, key);
    this._follow();
  }

  select(part: Part): void {
    if (partKey(part) !== partKey(this.selected)) {
      this.selected = part;
      this._keep();
      this._tell();
    }
  }

  undo(): void {
    if (this.canEdit && this._history?.undo()) {
      this._follow();
    }
  }

  redo(): void {
    if (this.canEdit && this._history?.redo()) {
      this._follow();
    }
  }

  /** Forget all edits. */
  revert(): void {
    if (this.base) {
      this.edit(this.base.value, this._trans.__('Revert'));
      this.elsewhere = null;
      this.told = null;
      this._tell();
    }
  }

  /** Let the dashboard be made anew of the plan as it is now. */
  async save(): Promise<void> {
    const { base, plan } = this;
    if (!base || !plan || !this.canEdit || !this.isDirty || this.work) {
      return;
    }
    this.told = null;
    this._begin({ what: 'save', job: null, sent: plan });
    this.previewing.wait();
    try {
      const job = await take(
        this.model.client.api.PUT('/dashboards/{slug}/plan', {
          params: {
            path: { slug: this.slug },
            header: { 'If-Match': base.etag }
          },
          body: plan
        })
      );
      this._begun(job);
    } catch (reason) {
      await this._refused(reason as Error, plan);
    }
  }

  /** Let the published plan be changed as the words say; edits are reapplied to what comes of it. */
  async amend(words: string): Promise<boolean> {
    if (!this.canEdit || this.work) {
      return false;
    }
    this.told = null;
    this._begin({ what: 'amend', job: null, sent: null });
    try {
      const job = await take(
        this.model.client.api.POST('/dashboards/{slug}/amendments', {
          params: { path: { slug: this.slug }, header: newKey() },
          body: { words, planner: null }
        })
      );
      this._begun(job);
      return true;
    } catch (reason) {
      await this._refused(reason as Error, null);
      return false;
    }
  }

  /** Go on from the plan of somebody else: with the edits on top of it, without them, or with the edits alone. */
  settle(how: 'reapply' | 'mine' | 'theirs'): void {
    const { theirs, base, plan } = this;
    if (!theirs || !base || !plan || !this._history) {
      return;
    }
    const read = theirs.plan;
    const labels = {
      reapply: this._trans.__(
        'Edits on top of version %1',
        numberOf(read.etag)
      ),
      mine: this._trans.__('Edits instead of version %1', numberOf(read.etag)),
      theirs: this._trans.__('Version %1', numberOf(read.etag))
    };
    const plans = {
      reapply: () => reapplied(base.value, plan, read.value).plan,
      mine: () => plan,
      theirs: () => read.value
    };
    this.base = read;
    this.theirs = null;
    this.told = null;
    this._history.add(plans[how](), labels[how]);
    this._follow();
  }

  /** Take over what another window has made of the plan, or let it be. */
  takeOver(isTaken: boolean): void {
    const { elsewhere } = this;
    this.elsewhere = null;
    if (isTaken && elsewhere) {
      this.edit(elsewhere, this._trans.__('Edits of another window'));
    }
    this._tell();
  }

  /** Show the plan as it is now, whether or not each edit is previewed. */
  preview(): void {
    const { now } = this._history ?? {};
    if (now && this.canEdit) {
      const { value: plan, label, number } = now;
      this.previewing.ask({ plan, label, number }, 0);
    }
  }

  setLive(isLive: boolean): void {
    this.isLive = isLive;
    if (isLive) {
      this._previewIfSound();
    } else {
      this.previewing.wait();
    }
    this._tell();
  }

  dismiss(): void {
    this.told = null;
    this._tell();
  }

  dispose(): void {
    if (!this._isDisposed) {
      this._isDisposed = true;
      this.checking.dispose();
      this.previewing.dispose();
      this._keeping.dispose();
      Signal.disconnectReceiver(this);
      Signal.clearData(this);
    }
  }

  /** Edits are not wanted any more, as when the tab is closed without saving. */
  forget(): void {
    this._keeping.forget();
  }

  private _follow(): void {
    const { plan } = this;
    if (!plan) {
      return;
    }
    this._keep();
    if (this.isDirty && this.canEdit) {
      this.previewing.wait();
      this.checking.ask(plan);
    } else {
      this.checking.problems = [];
      this.checking.examined = plan;
      this.previewing.clear();
    }
    this._tell();
  }

  private _keep(): void {
    const { base, plan, selected } = this;
    if (base && plan && this.isDirty && this.canEdit) {
      this._keeping.write({ base, plan, selected });
    } else if (!this.isDirty) {
      this._keeping.forget();
    }
  }

  private _onChecked(): void {
    this._previewIfSound();
    this._tell();
  }

  private _previewIfSound(): void {
    const { problems, examined } = this.checking;
    const now = this._history?.now;
    const isSound = now?.value === examined && problems.length === 0;
    if (now && isSound && this.isLive && this.isDirty && !this.work) {
      const { value: plan, label, number } = now;
      this.previewing.ask({ plan, label, number });
    }
  }

  private async _read(): Promise<ITagged<Plan>> {
    const params = { path: { slug: this.slug } };
    const { value, etag } = await tagged(
      this.model.client.api.GET('/dashboards/{slug}/plan', { params })
    );
    return { value: value as Plan, etag };
  }

  /** The profiles of the plan's tables; without the right to see them, nothing can be chosen. */
  private async _readTables(plan: Plan): Promise<void> {
    const { api } = this.model.client;
    const read = plan.tables.map(async table =>
      take(
        api.GET('/dashboards/{slug}/tables/{table}', {
          params: { path: { slug: this.slug, table } }
        })
      )
    );
    this._tables = await Promise.all(read);
    this._frames = null;
  }

  /** The published plan, as it was read now, against the one that edits are based on. */
  private _meet(read: ITagged<Plan>, ours: IWork | null = null): void {
    const { base, plan } = this;
    if (!base || !plan || !this._history || read.etag === base.etag) {
      return;
    }
    const number = numberOf(read.etag);
    const start = ours?.sent ?? base.value;
    const label = this._trans.__('Version %1', number);
    if (isSame(read.value, plan)) {
      this.base = read;
      this.theirs = null;
    } else if (isSame(plan, start)) {
      this.base = read;
      this.theirs = null;
      this._history.add(read.value, label);
    } else if (isSame(read.value, start)) {
      this.base = read;
      this.theirs = null;
      if (!ours) {
        const sentence = this._trans.__(
          'The data was refreshed: version %1 has the same plan. Your edits go on from it.',
          number
        );
        this.told = { kind: 'info', sentence };
      }
    } else {
      const { plan: both, conflicts } = reapplied(start, plan, read.value);
      if (ours && conflicts.length === 0) {
        this.base = read;
        this._history.add(
          both,
          this._trans.__('Edits on top of version %1', number)
        );
      } else {
        const changes = differences(start, read.value);
        this.theirs = { plan: read, changes, conflicts };
      }
    }
    this._follow();
  }

  private _begin(work: IWork): void {
    this.work = work;
    this._tell();
  }

  private _begun(job: Job): void {
    if (this.work) {
      this.work = { ...this.work, job };
    }
    this.model.begin(job);
    this._tell();
    // It may be over before the answer has come.
    void this._look(job.id);
  }

  private async _look(jobId: string): Promise<void> {
    const params = { path: { job_id: jobId } };
    const job = await take(
      this.model.client.api.GET('/jobs/{job_id}', { params })
    ).catch(() => null);
    if (job) {
      this._onJob(null, job);
    }
  }

  private async _refused(error: Error, plan: Plan | null): Promise<void> {
    this.work = null;
    const { status } = error instanceof ApiError ? error : { status: 0 };
    if (status === 412) {
      await this._renew(null);
    } else if (status === 403) {
      this.readOnly = error.message;
    } else if (status === 404) {
      void this.model.reload(this.slug).catch(() => undefined);
    }
    if (status !== 412 || !this.theirs) {
      this.told = { kind: 'error', sentence: error.message };
    }
    if (status === 422 && plan && error instanceof ApiError) {
      this.checking.ask(plan, 0);
    }
    this._tell();
  }

  /** Read what is published now. */
  private async _renew(ours: IWork | null): Promise<void> {
    try {
      const read = await this._read();
      if (read.etag !== this.base?.etag) {
        await this._readTables(read.value);
        this._meet(read, ours);
      }
    } catch (reason) {
      this.told = { kind: 'error', sentence: (reason as Error).message };
    }
    this._tell();
  }

  private _onJob(_: unknown, job: Job): void {
    const { work } = this;
    if (!work || work.job?.id !== job.id) {
      return;
    }
    this.work = { ...work, job };
    if (isOver(job)) {
      this.work = null;
      if (job.status === 'completed') {
        this.previewing.clear();
        void this._renew(work);
      } else {
        const sentence =
          job.status === 'cancelled'
            ? this._trans.__('It was stopped; nothing has changed.')
            : (job.error_message ?? '');
        this.told = { kind: 'error', sentence };
      }
    }
    this._tell();
  }

  private _onDashboard(_: unknown, { slug, version }: Dashboard): void {
    const isOther = version !== null && version.number !== this.version;
    if (slug === this.slug && this.base && isOther && !this.work) {
      void this._renew(null);
    }
  }

  private _onGone(_: unknown, slug: string): void {
    if (slug === this.slug) {
      this.isGone = true;
      this.previewing.clear();
      this._tell();
    }
  }

  private _onServer(): void {
    if (this.model.server.kind === 'online' && !this.isGone) {
      if (this.error) {
        void this.open();
      } else if (this.work?.job) {
        void this._look(this.work.job.id);
      } else if (this.checking.error && this.plan && this.isDirty) {
        this.checking.ask(this.plan, 0);
      }
    }
    this._tell();
  }

  private _tell(): void {
    this._changed.emit();
  }

  private _history: History<Plan> | null = null;
  private _tables: readonly Table[] = [];
  private _framed: Plan | null = null;
  private _frames: Frames | null = null;
  private _isDisposed = false;
  private readonly _keeping: Keeping;
  private readonly _changed = new Signal<this, void>(this);
}

/** Of an ETag like `"v3"`. */
function numberOf(etag: string): number {
  return Number.parseInt(/v(\d+)/.exec(etag)?.[1] ?? '0', 10);
}

/** Why somebody may not change a dashboard, as the server would say; null: they may, as far as is known here. */
export function refusalFor(
  me: Me,
  dashboard: Dashboard,
  trans: TranslationBundle
): string | null {
  if (me.kind === 'local' || me.role === 'admin') {
    return null;
  }
  if (me.kind === 'anonymous') {
    return trans.__('Sign in to change this dashboard.');
  }
  if (dashboard.owner_id !== me.user_id) {
    return trans.__('Only its owner or an admin may change this dashboard.');
  }
  return me.role === 'viewer'
    ? trans.__('To change this dashboard takes the role "creator".')
    : null;
}
