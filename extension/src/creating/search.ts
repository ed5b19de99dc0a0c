// A search for data on a question: what was found, and what of it somebody has chosen.
import { type ISignal, Signal } from '@lumino/signaling';

import { take } from '../api/client';
import { errorOf } from '../api/errors';
import type { Offer, Offers } from '../api/nouns';
import type { Model } from '../model/model';
import type { IQuestion } from './notepad';
import { keyOf, pieceOf } from './piece';

/** Datasets that are asked for. */
const MOST_OFFERS = 40;

export type Found =
  | { kind: 'asking'; since: number }
  | { kind: 'found'; offers: Offers }
  | { kind: 'failed'; error: Error }
  | { kind: 'stopped' };

export class Search {
  constructor(private readonly _model: Model) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  state: Found = { kind: 'stopped' };

  /** Keys of the pieces that are chosen. */
  chosen: ReadonlySet<string> = new Set();

  get offers(): readonly Offer[] {
    return this.state.kind === 'found' ? this.state.offers.items : [];
  }

  get chosenOffers(): Offer[] {
    return this.offers.filter(offer => this.chosen.has(keyOf(pieceOf(offer))));
  }

  async ask({ text, sources, planner }: IQuestion): Promise<void> {
    this._asking?.abort();
    const asking = (this._asking = new AbortController());
    this.chosen = new Set();
    this._become({ kind: 'asking', since: Date.now() });
    const query = {
      question: text.trim(),
      source: [...sources],
      limit: MOST_OFFERS,
      planner
    };
    try {
      const offers = await take(
        this._model.client.api.GET('/search', {
          params: { query },
          signal: asking.signal
        })
      );
      this._become({ kind: 'found', offers });
    } catch (reason) {
      if (!asking.signal.aborted) {
        this._become({ kind: 'failed', error: errorOf(reason) });
      }
    }
  }

  choose(offer: Offer, isChosen: boolean): void {
    const chosen = new Set(this.chosen);
    chosen[isChosen ? 'add' : 'delete'](keyOf(pieceOf(offer)));
    this.chosen = chosen;
    this._changed.emit();
  }

  stop(): void {
    this._asking?.abort();
    if (this.state.kind === 'asking') {
      this._become({ kind: 'stopped' });
    }
  }

  private _become(state: Found): void {
    this.state = state;
    this._changed.emit();
  }

  private _asking: AbortController | null = null;
  private readonly _changed = new Signal<this, void>(this);
}
