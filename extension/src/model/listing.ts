// A list of dashboards under one filter: its pages come from the server one after another as somebody scrolls.
import { type ISignal, Signal } from '@lumino/signaling';

import { type Client, take } from '../api/client';
import type { ApiError } from '../api/errors';
import { errorOf, isAbort } from '../api/errors';
import type { Dashboard, DashboardsQuery, DashboardStatus } from '../api/nouns';

export type Section = 'mine' | 'shared' | 'public';
export type Order = NonNullable<DashboardsQuery['sort']>;

export interface IFilter {
  section: Section;
  search: string;
  status: readonly DashboardStatus[];
  tags: readonly string[];
  order: Order;
}

export const NO_FILTER: IFilter = {
  section: 'mine',
  search: '',
  status: [],
  tags: [],
  order: '-updated_at'
};

/** Dashboards that are asked for at a time. */
export const PAGE = 50;

export class Listing {
  constructor(
    private readonly _client: Client,
    readonly filter: IFilter
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** In the order of the filter, as far as they were asked for. */
  items: readonly Dashboard[] = [];

  /** Whether the first page has come. */
  isLoaded = false;

  isLoading = false;

  /** Why the last page did not come. */
  error: ApiError | Error | null = null;

  get hasMore(): boolean {
    return this._next !== null;
  }

  /** Read the first page again; what was read beyond it stays. */
  async load(): Promise<void> {
    await this._read(null, (page, next) => {
      const known = new Set(page.map(one => one.id));
      const last = page.at(-1);
      const end = this.items.findIndex(one => one.id === last?.id);
      const beyond = end < 0 ? [] : this.items.slice(end + 1);
      this.items = [...page, ...beyond.filter(one => !known.has(one.id))];
      if (beyond.length === 0) {
        this._next = next;
      }
    });
  }

  /** Read the next page, if there is one and none is on its way. */
  async more(): Promise<void> {
    if (this._next === null || this.isLoading) {
      return;
    }
    await this._read(this._next, (page, next) => {
      const known = new Set(this.items.map(one => one.id));
      this.items = [...this.items, ...page.filter(one => !known.has(one.id))];
      this._next = next;
    });
  }

  /** Show a dashboard as it is now, where it is listed. */
  replace(dashboard: Dashboard): void {
    if (this.items.some(one => one.id === dashboard.id)) {
      this.items = this.items.map(one =>
        one.id === dashboard.id ? dashboard : one
      );
      this._changed.emit();
    }
  }

  remove(slug: string): void {
    const items = this.items.filter(one => one.slug !== slug);
    if (items.length < this.items.length) {
      this.items = items;
      this._changed.emit();
    }
  }

  dispose(): void {
    this._reading?.abort();
    Signal.clearData(this);
  }

  private async _read(
    cursor: string | null,
    accept: (page: Dashboard[], next: string | null) => void
  ): Promise<void> {
    this._reading?.abort();
    const reading = (this._reading = new AbortController());
    this.isLoading = true;
    this._changed.emit();
    try {
      const query = queryOf(this.filter, cursor);
      const page = await take(
        this._client.api.GET('/dashboards', {
          params: { query },
          signal: reading.signal
        })
      );
      this.isLoaded = true;
      this.error = null;
      accept(page.items, page.next);
    } catch (reason) {
      if (isAbort(reason) || reading.signal.aborted) {
        return;
      }
      this.error = errorOf(reason);
    }
    this.isLoading = false;
    this._changed.emit();
  }

  private _next: string | null = null;
  private _reading: AbortController | null = null;
  private readonly _changed = new Signal<this, void>(this);
}

/** The same filter has the same key. */
export function keyOf(filter: IFilter): string {
  const { section, search, status, tags, order } = filter;
  return JSON.stringify([section, search.trim(), status, tags, order]);
}

export function queryOf(
  filter: IFilter,
  cursor: string | null
): DashboardsQuery {
  const search = filter.search.trim().slice(0, 200);
  return {
    ...SECTIONS[filter.section],
    ...(search && { search }),
    ...(cursor && { cursor }),
    status: [...filter.status],
    tag: [...filter.tags],
    sort: filter.order,
    limit: PAGE
  };
}

const SECTIONS: Record<Section, DashboardsQuery> = {
  mine: { owner: 'me' },
  shared: { owner: 'others', public: false },
  public: { public: true }
};
