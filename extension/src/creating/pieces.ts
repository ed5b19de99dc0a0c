// The data of a question while it is put together: files that are being sent, and what is wrong with a piece.
import type { Contents } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { take } from '../api/client';
import { ApiError, isAbort } from '../api/errors';
import type { Model } from '../model/model';
import { keyOf, MOST_PIECES, nameOf, type Piece } from './piece';
import { sizeText } from './wording';

export interface IItem {
  readonly key: string;
  readonly piece: Piece;
  /** Why it cannot be used as it is. */
  readonly error?: string | undefined;
  /** Bytes of it that are at the server, while it is being sent. */
  readonly sent?: number | undefined;
  /** Sends it again. */
  readonly again?: (() => void) | undefined;
}

export class Pieces implements IDisposable {
  constructor(
    private readonly _model: Model,
    private readonly _contents: Contents.IManager,
    private readonly _trans: TranslationBundle
  ) {}

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  items: readonly IItem[] = [];

  /** Why the last thing that was brought was not taken. */
  refusal: string | null = null;

  /** Bytes that a file may have; null until the server has said it. */
  maxSize: number | null = null;

  isDisposed = false;

  get isSending(): boolean {
    return this.items.some(item => item.sent !== undefined);
  }

  get hasErrors(): boolean {
    return this.items.some(item => item.error !== undefined);
  }

  /** Take over what was kept. What was still being sent then is gone. */
  restore(pieces: readonly Piece[]): void {
    this._stopAll();
    this.items = pieces.map(piece => ({
      key: keyOf(piece),
      piece,
      error:
        piece.kind === 'upload' && piece.id === null
          ? this._trans.__(
              'It was still being sent when the page was left. Choose the file again.'
            )
          : undefined
    }));
    this._changed.emit();
  }

  /** Compare with what the server has: it removes files that nobody has asked about for a day. */
  async examine(): Promise<void> {
    const { items, max_size } = await take(
      this._model.client.api.GET('/uploads')
    );
    this.maxSize = max_size;
    const known = new Set(items.map(one => one.id));
    for (const { key, piece } of this.items) {
      if (piece.kind === 'upload' && piece.id && !known.has(piece.id)) {
        this.fault(
          key,
          this._trans.__(
            'The server does not have this file any more. Choose it again.'
          )
        );
      }
    }
    this._changed.emit();
  }

  add(...pieces: Piece[]): void {
    this.refusal = null;
    for (const piece of pieces) {
      this._put({ key: keyOf(piece), piece });
    }
    this._changed.emit();
  }

  /** Files of JupyterLab. Those of other drives are sent, as the server cannot read them there. */
  addPaths(paths: readonly string[]): void {
    const isHere = this._model.about?.root !== null;
    for (const path of paths) {
      const drive = this._contents.driveName(path);
      if (isHere && (drive === '' || drive === 'RTC')) {
        this.add({ kind: 'lab', path: this._contents.localPath(path) });
      } else {
        void this._bringFromDrive(path);
      }
    }
  }

  /** Files of the person's computer, which are sent at once. */
  addFiles(files: readonly File[]): void {
    this.refusal = null;
    for (const file of files) {
      this._send(file, file.name);
    }
    this._changed.emit();
  }

  remove(key: string): void {
    this._sending.get(key)?.abort();
    this.items = this.items.filter(item => item.key !== key);
    this.refusal = null;
    this._changed.emit();
  }

  fault(key: string, error: string): void {
    this._change(key, { error, sent: undefined });
  }

  /** Forget what was wrong with pieces that are only named: it is seen anew when they are sent. */
  forgive(): void {
    this.items = this.items.map(item =>
      item.piece.kind === 'upload' ? item : { ...item, error: undefined }
    );
  }

  /** Say of files of JupyterLab that are not there any more that they are not. */
  async check(): Promise<void> {
    await Promise.all(
      this.items.map(async ({ key, piece }) => {
        if (piece.kind !== 'lab') {
          return;
        }
        try {
          await this._contents.get(piece.path, { content: false });
        } catch (reason) {
          if (statusOf(reason) === 404) {
            this.fault(
              key,
              this._trans.__(
                'There is no file "%1" any more. Choose another, or remove it here.',
                piece.path
              )
            );
          }
        }
      })
    );
  }

  dispose(): void {
    this.isDisposed = true;
    this._stopAll();
    Signal.clearData(this);
  }

  private async _bringFromDrive(path: string): Promise<void> {
    try {
      const model = await this._contents.get(path, {
        type: 'file',
        format: 'base64'
      });
      const { name } = model;
      const binary = atob(String(model.content));
      const bytes = Uint8Array.from(binary, one => one.charCodeAt(0));
      this._send(new Blob([bytes]), name);
    } catch (reason) {
      this.refusal = reason instanceof Error ? reason.message : String(reason);
    }
    this._changed.emit();
  }

  private _send(file: Blob, name: string): void {
    const piece: Piece = { kind: 'upload', name, size: file.size, id: null };
    const key = keyOf(piece);
    const objection = this._objection(file, name);
    if (objection !== null) {
      this.refusal = objection;
    } else if (this._put({ key, piece, sent: 0 })) {
      void this._upload(key, file, piece);
    }
  }

  private async _upload(key: string, file: Blob, piece: Piece): Promise<void> {
    const stop = new AbortController();
    this._sending.set(key, stop);
    try {
      const { id } = await this._model.client.upload(file, nameOf(piece), {
        signal: stop.signal,
        onSent: sent => {
          this._change(key, { sent });
        }
      });
      this._change(key, {
        piece: { ...piece, id } as Piece,
        sent: undefined
      });
    } catch (reason) {
      if (!isAbort(reason)) {
        const again = (): void => {
          this._change(key, { error: undefined, sent: 0, again: undefined });
          void this._upload(key, file, piece);
        };
        const error = this._sentence(reason);
        this._change(key, { error, sent: undefined, again });
      }
    } finally {
      this._sending.delete(key);
    }
  }

  private _sentence(reason: unknown): string {
    if (reason instanceof ApiError && reason.isUnreachable) {
      return this._trans.__(
        'The server does not answer, so the file is not there.'
      );
    }
    return reason instanceof Error ? reason.message : String(reason);
  }

  private _objection(file: Blob, name: string): string | null {
    const trans = this._trans;
    if (file.size === 0) {
      return trans.__('"%1" is empty.', name);
    }
    if (this.maxSize !== null && file.size > this.maxSize) {
      return trans.__(
        '"%1" has %2, and a file may have %3. Put it where JupyterLab sees it, or give its address.',
        name,
        sizeText(file.size),
        sizeText(this.maxSize)
      );
    }
    return null;
  }

  /** Whether it is new. */
  private _put(item: IItem): boolean {
    const there = this.items.find(({ key }) => key === item.key);
    if (there) {
      this.items = this.items.map(one => (one === there ? item : one));
      return there.sent === undefined;
    }
    if (this.items.length >= MOST_PIECES) {
      this.refusal = this._trans.__(
        '"%1" was left out: a question may have %2 pieces of data.',
        nameOf(item.piece),
        MOST_PIECES
      );
      return false;
    }
    this.items = [...this.items, item];
    return true;
  }

  private _change(key: string, change: Partial<IItem>): void {
    this.items = this.items.map(item =>
      item.key === key ? { ...item, ...change } : item
    );
    if (!this.isDisposed) {
      this._changed.emit();
    }
  }

  private _stopAll(): void {
    this._sending.forEach(stop => {
      stop.abort();
    });
  }

  private readonly _sending = new Map<string, AbortController>();
  private readonly _changed = new Signal<this, void>(this);
}

function statusOf(reason: unknown): number | undefined {
  return (reason as { response?: { status?: number } }).response?.status;
}
