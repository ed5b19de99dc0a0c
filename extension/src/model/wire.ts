// The stream of events as this window gets it: from the server, or from the window of this browser that has the stream.
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import type { Client } from '../api/client';
import type { IServerEvent } from '../api/events';
import { Follower, type Link } from '../api/follower';
import { type INote, Windows } from './windows';

export class Wire implements IDisposable {
  constructor(client: Client) {
    this._windows = new Windows(`dashwright ${client.base}`);
    this._windows.heard.connect((_, note) => {
      this._hear(note);
    });
    this._follower = new Follower(async (since, signal) =>
      client.send(`${client.base}/events`, {
        signal,
        headers: {
          Accept: 'text/event-stream',
          ...(since !== null && { 'Last-Event-ID': since })
        }
      })
    );
    this._follower.told.connect((_, event) => {
      this._windows.tell('event', event);
      this._told.emit(event);
    });
    this._follower.linked.connect((_, link) => {
      this._link = link;
      this._windows.tell('link', link);
      this._linked.emit(link);
    });
  }

  get told(): ISignal<this, IServerEvent> {
    return this._told;
  }

  get linked(): ISignal<this, Link> {
    return this._linked;
  }

  /** What another window has told by `tell`. */
  get noted(): ISignal<this, INote> {
    return this._noted;
  }

  get isDisposed(): boolean {
    return this._windows.isDisposed;
  }

  start(): void {
    if (!this._isStarted) {
      this._isStarted = true;
      this._windows.tell('hello', null);
      void this._windows.alone(signal => this._follower.follow(signal));
    }
  }

  /** Try now, in whichever window, what would be tried later. */
  hurry(): void {
    this._windows.tell('hurry', null);
    this._follower.hurry();
  }

  /** Tell all other windows. */
  tell(kind: 'dashboard' | 'gone', content: unknown): void {
    this._windows.tell(kind, content);
  }

  dispose(): void {
    this._windows.dispose();
    Signal.clearData(this);
  }

  private _hear(note: INote): void {
    if (note.kind === 'hurry') {
      this._follower.hurry();
    } else if (note.kind === 'hello') {
      if (this._link) {
        this._windows.tell('link', this._link);
      }
    } else if (!this._isStarted) {
      return;
    } else if (note.kind === 'event') {
      const event = note.content as IServerEvent;
      this._follower.lastId = event.id || this._follower.lastId;
      this._told.emit(event);
    } else if (note.kind === 'link') {
      this._linked.emit(note.content as Link);
    } else {
      this._noted.emit(note);
    }
  }

  private readonly _windows: Windows;
  private readonly _follower: Follower;
  /** Of the window that has the stream. */
  private _link: Link | null = null;
  private _isStarted = false;
  private readonly _told = new Signal<this, IServerEvent>(this);
  private readonly _linked = new Signal<this, Link>(this);
  private readonly _noted = new Signal<this, INote>(this);
}
