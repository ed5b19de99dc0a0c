// The dashboards that this window knows, and the lists in which it has come to know them.
import type { Client } from '../api/client';
import type { Dashboard } from '../api/nouns';
import { type IFilter, keyOf, Listing } from './listing';

/** Lists that are kept, so that a filter which was there before is there at once. */
const MOST_LISTINGS = 12;
/** Dashboards that are kept though no list has them, as those of open tabs. */
const MOST_SINGLE = 100;

export class Shelf {
  constructor(private readonly _client: Client) {}

  /** The list under a filter; whoever shows it asks it to load. */
  listing(filter: IFilter): Listing {
    const key = keyOf(filter);
    const found = this._listings.get(key) ?? new Listing(this._client, filter);
    this._listings.delete(key);
    this._listings.set(key, found);
    this._drop([...this._listings.keys()].slice(0, -MOST_LISTINGS));
    return found;
  }

  /** A dashboard that was told of before. */
  known(slug: string): Dashboard | null {
    return this.listed(slug) ?? this._single.get(slug) ?? null;
  }

  /** A dashboard that some list has. */
  listed(slug: string): Dashboard | null {
    for (const listing of this._listings.values()) {
      const found = listing.items.find(one => one.slug === slug);
      if (found) {
        return found;
      }
    }
    return null;
  }

  /** Show a dashboard as it is now in all lists that have it. */
  show(dashboard: Dashboard): void {
    this._single.delete(dashboard.slug);
    this._single.set(dashboard.slug, dashboard);
    for (const old of [...this._single.keys()].slice(0, -MOST_SINGLE)) {
      this._single.delete(old);
    }
    this._listings.forEach(listing => {
      listing.replace(dashboard);
    });
  }

  forget(slug: string): void {
    this._single.delete(slug);
    this._listings.forEach(listing => {
      listing.remove(slug);
    });
  }

  /** Read the list again that was asked for last; others are read when they are asked for. */
  renew(): void {
    const keys = [...this._listings.keys()];
    const shown = keys.pop();
    this._drop(keys);
    if (shown !== undefined) {
      void this._listings.get(shown)?.load();
    }
  }

  dispose(): void {
    this._drop([...this._listings.keys()]);
  }

  private _drop(keys: string[]): void {
    for (const key of keys) {
      this._listings.get(key)?.dispose();
      this._listings.delete(key);
    }
  }

  private readonly _listings = new Map<string, Listing>();
  private readonly _single = new Map<string, Dashboard>();
}
