// The one place that knows what this window knows: lists of dashboards, jobs under way, how the server is. Views read
// it and listen to its signals.
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { fetchAbout, type IAbout, pageOf, standing } from '../api/about';
import { Client, take } from '../api/client';
import { ApiError } from '../api/errors';
import type { IServerEvent } from '../api/events';
import type { Link } from '../api/follower';
import { type Dashboard, isOver, type Job } from '../api/nouns';
import type { IFilter, Listing } from './listing';
import { isUsable, type ServerState } from './server';
import { Shelf } from './shelf';
import { Wire } from './wire';

export class Model implements IDisposable {
  constructor(private readonly _settings: ServerConnection.ISettings) {
    this.client = new Client(_settings);
    this._shelf = new Shelf(this.client);
    this._wire = new Wire(this.client);
    this._wire.told.connect((_, event) => {
      this._learn(event);
    });
    this._wire.linked.connect((_, link) => {
      this._follow(link);
    });
    this._wire.noted.connect((_, { kind, content }) => {
      if (kind === 'dashboard') {
        this._show(content as Dashboard);
      } else {
        this._forget(content as string);
      }
    });
  }

  readonly client: Client;

  /** How the server is. */
  server: ServerState = { kind: 'unknown' };

  /** Null until the server has said it. */
  about: IAbout | null = null;

  /** Jobs that are not over, by their dashboard's slug. */
  readonly jobs = new Map<string, Job>();

  get serverChanged(): ISignal<this, ServerState> {
    return this._serverChanged;
  }

  /** A job as it is now; also when it has ended. */
  get jobChanged(): ISignal<this, Job> {
    return this._jobChanged;
  }

  /** A dashboard as it is now. */
  get dashboardChanged(): ISignal<this, Dashboard> {
    return this._dashboardChanged;
  }

  /** The slug of a dashboard that is no more. */
  get dashboardGone(): ISignal<this, string> {
    return this._dashboardGone;
  }

  get isDisposed(): boolean {
    return this._wire.isDisposed;
  }

  /** Ask the server and follow it. Nothing is asked before, since who only edits notebooks needs no database. */
  start(): void {
    if (!this._isStarted) {
      this._isStarted = true;
      void this.ask();
      this._wire.start();
    }
  }

  /** Ask the server how it is: its version, and where the viewer is, which may have been started since. */
  async ask(): Promise<void> {
    try {
      this.about = await fetchAbout(this.client, this._settings);
      const { version } = this.about;
      const kind = standing(version);
      if (kind !== 'same') {
        this._become({ kind, version });
      } else if (this.server.kind !== 'unusable') {
        this._become({ kind: 'online' });
      } else {
        this._serverChanged.emit(this.server);
      }
    } catch (reason) {
      this._fail(reason as Error, Date.now());
    }
  }

  /** Try now what would be tried later. */
  retry(): void {
    this._wire.hurry();
    void this.ask();
  }

  /** The list under a filter; whoever shows it asks it to load. */
  listing(filter: IFilter): Listing {
    return this._shelf.listing(filter);
  }

  /** A dashboard that was told of before. */
  known(slug: string): Dashboard | null {
    return this._shelf.known(slug);
  }

  /** Read a dashboard again, and show it wherever it is shown. */
  async reload(slug: string): Promise<Dashboard> {
    try {
      const dashboard = await take(
        this.client.api.GET('/dashboards/{slug}', {
          params: { path: { slug } }
        })
      );
      this.show(dashboard);
      return dashboard;
    } catch (reason) {
      if (reason instanceof ApiError && reason.status === 404) {
        this._forget(slug);
      }
      throw reason;
    }
  }

  /** A dashboard as an answer had it: show it everywhere, in other windows too. */
  show(dashboard: Dashboard): void {
    this._wire.tell('dashboard', dashboard);
    this._show(dashboard);
  }

  /** A dashboard was deleted here. */
  forget(slug: string): void {
    this._wire.tell('gone', slug);
    this._forget(slug);
  }

  /** A job that this window began: it is shown at once, and its end is told to whoever is here. */
  begin(job: Job, dashboard?: Dashboard): void {
    this.start();
    this.begun.add(job.id);
    if (dashboard) {
      this.show(dashboard);
    }
    this._learnJob(job);
  }

  /** Ids of jobs that this window began. */
  readonly begun = new Set<string>();

  /** Read the list again that somebody looks at. */
  renew(): void {
    this._shelf.renew();
  }

  /** Where a dashboard's page is; null while no viewer runs. */
  page(slug: string): string | null {
    return this.about?.viewer ? pageOf(this.about.viewer, slug) : null;
  }

  dispose(): void {
    this._wire.dispose();
    this._shelf.dispose();
    Signal.clearData(this);
  }

  private _follow(link: Link): void {
    if (!link.isOpen) {
      this._isLost = true;
      this._fail(link.error, link.retryAt);
      return;
    }
    if (this._isLost) {
      this._isLost = false;
      this._become({ kind: 'online' });
      void this.ask();
    }
    void this._readJobs();
  }

  /** What is under way; the stream tells only of what changes from now on. */
  private async _readJobs(): Promise<void> {
    const query = { status: ['pending', 'processing'], limit: 100 } as const;
    const { items } = await take(
      this.client.api.GET('/jobs', {
        params: { query: { ...query, status: [...query.status] } }
      })
    ).catch(() => ({ items: [] }));
    items.forEach(job => {
      this._learnJob(job);
    });
  }

  private _fail(error: Error, retryAt: number): void {
    if (this.server.kind === 'older' || this.server.kind === 'newer') {
      return;
    }
    const isGone = error instanceof ApiError && error.isUnreachable;
    this._become(
      isGone ? { kind: 'gone', retryAt } : { kind: 'unusable', error }
    );
  }

  private _become(state: ServerState): void {
    const isBack = !isUsable(this.server) && state.kind === 'online';
    this.server = state;
    this._serverChanged.emit(state);
    if (isBack) {
      this.renew();
    }
  }

  private _learn({ type, data }: IServerEvent): void {
    if (type === 'job') {
      this._learnJob(data as Job);
    } else if (type === 'gone') {
      const { id } = data as { id: string };
      const slug = this._slugs.get(id);
      if (slug !== undefined) {
        // Jobs go with their dashboard; a new one may have its address by now.
        void this.reload(slug).catch(() => undefined);
      }
    }
  }

  private _learnJob(job: Job): void {
    const isNew = !this._slugs.has(job.id);
    this._slugs.set(job.id, job.slug);
    if (isOver(job)) {
      if (this.jobs.get(job.slug)?.id === job.id) {
        this.jobs.delete(job.slug);
      }
      if (this.known(job.slug) || this.begun.has(job.id)) {
        void this.reload(job.slug).catch(() => undefined);
      }
    } else {
      this.jobs.set(job.slug, job);
      if (isNew && job.kind === 'new' && !this._shelf.listed(job.slug)) {
        this.renew();
      }
    }
    this._jobChanged.emit(job);
  }

  private _show(dashboard: Dashboard): void {
    this._shelf.show(dashboard);
    this._dashboardChanged.emit(dashboard);
  }

  private _forget(slug: string): void {
    this.jobs.delete(slug);
    this._shelf.forget(slug);
    this._dashboardGone.emit(slug);
  }

  private readonly _wire: Wire;
  private readonly _shelf: Shelf;
  /** Of every job that was told of, the dashboard. */
  private readonly _slugs = new Map<string, string>();
  private _isStarted = false;
  /** Whether changes are missed now. */
  private _isLost = false;
  private readonly _serverChanged = new Signal<this, ServerState>(this);
  private readonly _jobChanged = new Signal<this, Job>(this);
  private readonly _dashboardChanged = new Signal<this, Dashboard>(this);
  private readonly _dashboardGone = new Signal<this, string>(this);
}
