// The work of a dashboard's history: its versions, when viewers saw which, and what is different between two.
import { take } from '../api/client';
import type {
  Dashboard,
  Difference,
  Job,
  Publication,
  PublishedVersion
} from '../api/nouns';
import type { Model } from '../model/model';
import { Work } from '../working/work';

const PAGE = 30;

/** A version, with what is known of how it came and when viewers saw it. */
export interface IEntry {
  version: PublishedVersion;
  /** Of the run that made it; null where that is not known any more. */
  seconds: number | null;
  publications: readonly Publication[];
  isSeen: boolean;
}

export class History extends Work {
  constructor(model: Model, slug: string) {
    super(model, slug);
    model.dashboardChanged.connect(this._onDashboard, this);
    model.jobChanged.connect(this._onJob, this);
  }

  dashboard: Dashboard | null = null;

  /** The newest first. */
  entries: readonly IEntry[] = [];

  hasMore = false;

  /** Numbers of the two that are compared. */
  pair: { since: number; until: number } | null = null;

  differences: readonly Difference[] | null = null;

  async load(): Promise<void> {
    await this.attempt(async () => {
      const { api } = this.model.client;
      const { slug } = this;
      const path = { slug };
      this.dashboard = await take(
        api.GET('/dashboards/{slug}', { params: { path } })
      );
      const limit = Math.min(100, Math.max(PAGE, this._versions.length));
      const page = await take(
        api.GET('/dashboards/{slug}/versions', {
          params: { path, query: { limit } }
        })
      );
      // Who only looks is not told who published, and how long runs took.
      const publications = await take(
        api.GET('/dashboards/{slug}/publications', {
          params: { path, query: { limit: 100 } }
        })
      ).catch(() => ({ items: [] }));
      const jobs = await take(
        api.GET('/jobs', { params: { query: { dashboard: slug, limit: 100 } } })
      ).catch(() => ({ items: [] }));
      this._versions = page.items;
      this._next = page.next;
      this._publications = publications.items;
      this._jobs = new Map(jobs.items.map(job => [job.id, job]));
      this._arrange();
    });
  }

  async more(): Promise<void> {
    const before = this._next;
    if (before !== null && !this.isBusy) {
      await this.attempt(async () => {
        const page = await take(
          this.model.client.api.GET('/dashboards/{slug}/versions', {
            params: {
              path: { slug: this.slug },
              query: { before, limit: PAGE }
            }
          })
        );
        this._versions = [...this._versions, ...page.items];
        this._next = page.next;
        this._arrange();
      });
    }
  }

  /** What is different in one version, seen from another. */
  async compare(since: number, until: number): Promise<void> {
    this.pair = { since, until };
    this.differences = null;
    if (since === until) {
      this.tell();
      return;
    }
    await this.attempt(async () => {
      const { differences } = await take(
        this.model.client.api.GET(
          '/dashboards/{slug}/versions/{number}/changes',
          {
            params: {
              path: { slug: this.slug, number: until },
              query: { since }
            }
          }
        )
      );
      this.differences = differences;
    });
  }

  /** Show the list alone again. */
  endComparing(): void {
    this.pair = null;
    this.differences = null;
    this.tell();
  }

  override dispose(): void {
    this.model.dashboardChanged.disconnect(this._onDashboard, this);
    this.model.jobChanged.disconnect(this._onJob, this);
    super.dispose();
  }

  private _arrange(): void {
    this.hasMore = this._next !== null;
    const seen = this.dashboard?.version?.number;
    this.entries = this._versions.map(version => {
      const { number } = version.version;
      const job = version.job_id ? this._jobs.get(version.job_id) : undefined;
      return {
        version,
        seconds: job ? secondsOf(job) : null,
        publications: this._publications.filter(one => one.number === number),
        isSeen: number === seen
      };
    });
  }

  /** Read it again, once more where it changes while it is read. */
  private async _renew(): Promise<void> {
    this._isOld = true;
    while (this._isOld && !this.isBusy && !this.isDisposed) {
      this._isOld = false;
      await this.load();
    }
  }

  private _onDashboard(_: unknown, dashboard: Dashboard): void {
    const isOther =
      dashboard.version?.number !== this.dashboard?.version?.number;
    if (dashboard.slug === this.slug && this.dashboard && isOther) {
      void this._renew();
    }
  }

  /** A try makes a version that viewers do not see. */
  private _onJob(_: unknown, job: Job): void {
    if (job.slug === this.slug && job.status === 'completed') {
      void this._renew();
    }
  }

  private _versions: readonly PublishedVersion[] = [];
  private _isOld = false;
  private _next: number | null = null;
  private _publications: readonly Publication[] = [];
  private _jobs = new Map<string, Job>();
}

function secondsOf({ started_at, completed_at }: Job): number | null {
  return started_at && completed_at
    ? (Date.parse(completed_at) - Date.parse(started_at)) / 1000
    : null;
}
