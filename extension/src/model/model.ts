// The one place that knows what this window knows: lists of dashboards, jobs under way, how the server is. Views read
// it and listen to its signals.
import type { ServerConnection } from '@jupyterlab/services';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { fetchAbout, type IAbout, pageOf, standing } from '../api/about';
import { Client, take } from '../api/client';
import { ApiError } from '../api/errors';
import type { IServerEvent } from '../api/events';
import { Follower, type Link } from '../api/follower';
import { type Dashboard, isOver, type Job } from '../api/nouns';
import { type IFilter, keyOf, Listing } from './listing';
import type { ServerState } from './server';
import { type INote, Windows } from './windows';

/** Lists that are kept, so that a filter which was there before is there at once. */
const MOST_LISTINGS = 12;

export class Model implements IDisposable {
  constructor(private readonly _settings: ServerConnection.ISettings) {
    this.client = new Client(_settings);
    this._windows = new Windows(`dashwright ${this.client.base}`);
    this._windows.heard.connect((_, note) => {
      this._hear(note);
    });
    this._follower = new Follower(async (since, signal) =>
      this.client.send(`${this.client.base}/events`, {
        signal,
        headers: {
          Accept: 'text/event-stream',
          ...(since !== null && { 'Last-Event-ID': since })
        }
      })
    );
    this._follower.told.connect((_, event) => {
      this._windows.tell('event', event);
      this._learn(event);
    });
    this._follower.linked.connect((_, link) => {
      this._link = link;
      this._windows.tell('link', link);
      this._follow(link);
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
    return this._windows.isDisposed;
  }

  /** Ask the server and follow it. Nothing is asked before, since who only edits notebooks needs no database. */
  start(): void {
    if (!this._isStarted) {
      this._isStarted = true;
      void this.ask();
      this._windows.tell('hello', null);
      void this._windows.alone(signal => this._follower.follow(signal));
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
    this._windows.tell('retry', null);
    this._follower.hurry();
    void this.ask();
  }

  /** The list under a filter; whoever shows it asks it to load. */
  listing(filter: IFilter): Listing {
    const key = keyOf(filter);
    const found = this._listings.get(key) ?? new Listing(this.client, filter);
    this._listings.delete(key);
    this._listings.set(key, found);
    for (const [old, listing] of [...this._listings].slice(0, -MOST_LISTINGS)) {
      listing.dispose();
      this._listings.delete(old);
    }
    return found;
  }

  /** A dashboard that some list knows. */
  known(slug: string): Dashboard | null {
    for (const listing of this._listings.values()) {
      const found = listing.items.find(one => one.slug === slug);
      if (found) {
        return found;
      }
    }
    return null;
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
    this._windows.tell('dashboard', dashboard);
    this._show(dashboard);
  }

  /** A dashboard was deleted here. */
  forget(slug: string): void {
    this._windows.tell('gone', slug);
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
    if (job.kind === 'new') {
      this.renew();
    }
  }

  /** Ids of jobs that this window began. */
  readonly begun = new Set<string>();

  /** Read all lists again that somebody looks at. */
  renew(): void {
    const shown = [...this._listings.values()].at(-1);
    for (const [key, listing] of this._listings) {
      if (listing !== shown) {
        listing.dispose();
        this._listings.delete(key);
      }
    }
    void shown?.load();
  }

  /** Where a dashboard's page is; null while no viewer runs. */
  page(slug: string): string | null {
    return this.about?.viewer ? pageOf(this.about.viewer, slug) : null;
  }

  dispose(): void {
    this._windows.dispose();
    this._listings.forEach(listing => {
      listing.dispose();
    });
    Signal.clearData(this);
  }

  private _follow(link: Link): void {
    if (!link.isOpen) {
      this._fail(link.error, link.retryAt);
      return;
    }
    const wasLost =
      this.server.kind === 'gone' || this.server.kind === 'unusable';
    if (wasLost) {
      this._become({ kind: 'online' });
      void this.ask();
      this.renew();
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
    this.server = state;
    this._serverChanged.emit(state);
  }

  private _hear({ kind, content }: INote): void {
    switch (kind) {
      case 'event':
        this._follower.lastId = (content as IServerEvent).id;
        this._learn(content as IServerEvent);
        break;
      case 'link':
        if (this._isStarted) {
          this._follow(content as Link);
        }
        break;
      case 'hello':
        if (this._link) {
          this._windows.tell('link', this._link);
        }
        break;
      case 'retry':
        this._follower.hurry();
        break;
      case 'dashboard':
        this._show(content as Dashboard);
        break;
      case 'gone':
        this._forget(content as string);
        break;
    }
  }

  private _learn({ type, data }: IServerEvent): void {
    if (type === 'job') {
      this._learnJob(data as Job);
    } else if (type === 'gone') {
      const { id } = data as { id: string };
      const slug = this._slugs.get(id);
      if (slug !== undefined) {
        this._forget(slug);
      }
    }
  }

  private _learnJob(job: Job): void {
    const isNew = !this._slugs.has(job.id);
    this._slugs.set(job.id, job.slug);
    if (isOver(job)) {
      if (this.jobs.get(job.slug)?.id === job.id || isNew) {
        this.jobs.delete(job.slug);
      }
      void this.reload(job.slug).catch(() => undefined);
    } else {
      this.jobs.set(job.slug, job);
      if (isNew && job.kind === 'new' && !this.known(job.slug)) {
        this.renew();
      }
    }
    this._jobChanged.emit(job);
  }

  private _show(dashboard: Dashboard): void {
    this._listings.forEach(listing => {
      listing.replace(dashboard);
    });
    this._dashboardChanged.emit(dashboard);
  }

  private _forget(slug: string): void {
    this.jobs.delete(slug);
    this._listings.forEach(listing => {
      listing.remove(slug);
    });
    this._dashboardGone.emit(slug);
  }

  private readonly _windows: Windows;
  private readonly _follower: Follower;
  private readonly _listings = new Map<string, Listing>();
  /** Of every job that was told of, the dashboard. */
  private readonly _slugs = new Map<string, string>();
  private _link: Link | null = null;
  private _isStarted = false;
  private readonly _serverChanged = new Signal<this, ServerState>(this);
  private readonly _jobChanged = new Signal<this, Job>(this);
  private readonly _dashboardChanged = new Signal<this, Dashboard>(this);
  private readonly _dashboardGone = new Signal<this, string>(this);
}
