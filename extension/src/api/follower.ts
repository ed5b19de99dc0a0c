// Follows the server's events for as long as it lives: connects again when the stream ends or breaks, and goes on
// where it was.
import { type ISignal, Signal } from '@lumino/signaling';

import { type ApiError, errorOf, isAbort, unreachable } from './errors';
import { type IServerEvent, readEvents } from './events';

/** Milliseconds before the first and the longest pause between two tries. */
const FIRST_PAUSE = 1000;
const LONGEST_PAUSE = 30_000;

/** How it stands with the stream: open, or lost for a reason until the next try. */
export type Link =
  | { isOpen: true }
  | { isOpen: false; error: ApiError | Error; retryAt: number };

export class Follower {
  /** `open` sends the request, with the id after which events are wanted. */
  constructor(
    private readonly _open: (
      since: string | null,
      signal: AbortSignal
    ) => Promise<Response>
  ) {}

  get told(): ISignal<this, IServerEvent> {
    return this._told;
  }

  get linked(): ISignal<this, Link> {
    return this._linked;
  }

  /** The last event that is known, also by other ways. */
  lastId: string | null = null;

  /** Follow until the signal aborts. */
  async follow(signal: AbortSignal): Promise<void> {
    const isEnded = (): boolean => signal.aborted;
    let failures = 0;
    while (!isEnded()) {
      try {
        const response = await this._open(this.lastId, signal);
        failures = 0;
        this._linked.emit({ isOpen: true });
        await this._read(response);
        await this._pause(FIRST_PAUSE, signal);
      } catch (reason) {
        if (isEnded() || isAbort(reason)) {
          return;
        }
        failures += 1;
        const pause = pauseAfter(failures);
        const retryAt = Date.now() + pause;
        // A stream that breaks off is a TypeError of the browser's.
        const error =
          reason instanceof TypeError ? unreachable() : errorOf(reason);
        this._linked.emit({ isOpen: false, error, retryAt });
        await this._pause(pause, signal);
      }
    }
  }

  /** Try at once what would be tried later. */
  hurry(): void {
    this._hurry?.();
  }

  private async _read(response: Response): Promise<void> {
    if (!response.body) {
      return;
    }
    for await (const event of readEvents(response.body)) {
      this.lastId = event.id || this.lastId;
      this._told.emit(event);
    }
  }

  private async _pause(length: number, signal: AbortSignal): Promise<void> {
    await new Promise<void>(resolve => {
      const timer = setTimeout(resolve, length);
      this._hurry = () => {
        clearTimeout(timer);
        resolve();
      };
      signal.addEventListener('abort', this._hurry, { once: true });
    });
    this._hurry = null;
  }

  private _hurry: (() => void) | null = null;
  private readonly _told = new Signal<this, IServerEvent>(this);
  private readonly _linked = new Signal<this, Link>(this);
}

/** Longer after each failure, and never at the same moment for all windows. */
export function pauseAfter(failures: number, chance = Math.random()): number {
  const longest = Math.min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** (failures - 1));
  return longest * (0.75 + chance / 4);
}
