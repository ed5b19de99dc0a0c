// All windows of this browser that show the same server: one of them holds the stream of events, since a browser opens
// six connections to a server at most, and tells the others.
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

/** What windows tell each other; it is cloned by the browser. */
export interface INote {
  kind: string;
  content: unknown;
}

export class Windows implements IDisposable {
  /** `name` is the same in all windows that show the same server. */
  constructor(private readonly _name: string) {
    if ('BroadcastChannel' in globalThis) {
      this._channel = new BroadcastChannel(_name);
      this._channel.onmessage = ({ data }: MessageEvent<INote>) => {
        this._heard.emit(data);
      };
    }
  }

  /** What other windows have told. */
  get heard(): ISignal<this, INote> {
    return this._heard;
  }

  get isDisposed(): boolean {
    return this._ending.signal.aborted;
  }

  /** Tell all other windows. */
  tell(kind: string, content: unknown): void {
    if (!this.isDisposed) {
      this._channel?.postMessage({ kind, content } satisfies INote);
    }
  }

  /**
   * Do this in one window at a time: here at once, or when the window that does it
   * is closed. Where the browser has no locks (no https), here at once.
   */
  async alone(task: (signal: AbortSignal) => Promise<void>): Promise<void> {
    const { signal } = this._ending;
    if (!('locks' in navigator) || !this._channel) {
      await task(signal);
      return;
    }
    try {
      await navigator.locks.request(this._name, { signal }, () => task(signal));
    } catch (reason) {
      if (!signal.aborted) {
        throw reason;
      }
    }
  }

  dispose(): void {
    this._ending.abort();
    this._channel?.close();
    Signal.clearData(this);
  }

  private readonly _ending = new AbortController();
  private readonly _channel: BroadcastChannel | null = null;
  private readonly _heard = new Signal<this, INote>(this);
}
