// Edits that are not saved are kept in this browser: across a reload, and for when the tab is opened again.
import { UUID } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';

import type { ITagged } from '../api/client';
import type { Part, Plan } from './nouns';

export interface IKept {
  /** The plan as it was read, and its version. */
  base: ITagged<Plan>;
  plan: Plan;
  selected: Part;
}

interface IRecord extends IKept {
  /** The window that wrote it. */
  window: string;
}

const WINDOW = UUID.uuid4();

/**
 * Of one dashboard. The window's own storage comes first: two windows that edit the
 * same plan each get back what was theirs.
 */
export class Keeping {
  constructor(server: string, slug: string) {
    this._key = `dashwright:plan:${server}:${slug}`;
    this._onStorage = event => {
      if (event.key === this._key && event.storageArea === localStorage) {
        const record = parsed(event.newValue);
        this._heard.emit(record?.window === WINDOW ? null : record);
      }
    };
    window.addEventListener('storage', this._onStorage);
  }

  /** What another window has kept for the same dashboard; null: it has no edits any more. */
  get heard(): ISignal<this, IKept | null> {
    return this._heard;
  }

  read(): IKept | null {
    return (
      parsed(stored(() => sessionStorage.getItem(this._key))) ??
      parsed(stored(() => localStorage.getItem(this._key)))
    );
  }

  /** A browser without room, or that keeps nothing, loses no more than a reload. */
  write(kept: IKept): void {
    const text = JSON.stringify({ ...kept, window: WINDOW });
    stored(() => {
      sessionStorage.setItem(this._key, text);
    });
    stored(() => {
      localStorage.setItem(this._key, text);
    });
  }

  forget(): void {
    stored(() => {
      sessionStorage.removeItem(this._key);
    });
    // What another window keeps there is its own.
    const record = parsed(stored(() => localStorage.getItem(this._key)));
    if (record?.window === WINDOW || !record) {
      stored(() => {
        localStorage.removeItem(this._key);
      });
    }
  }

  dispose(): void {
    window.removeEventListener('storage', this._onStorage);
    Signal.clearData(this);
  }

  private readonly _key: string;
  private readonly _onStorage: (event: StorageEvent) => void;
  private readonly _heard = new Signal<this, IKept | null>(this);
}

function stored<T>(act: () => T): T | null {
  try {
    return act();
  } catch {
    return null;
  }
}

function parsed(text: string | null): IRecord | null {
  try {
    const value = JSON.parse(text ?? 'null') as Partial<IRecord> | null;
    const isWhole =
      Array.isArray(value?.plan?.widgets) &&
      Array.isArray(value.base?.value.widgets) &&
      typeof value.base.etag === 'string' &&
      typeof value.selected?.kind === 'string';
    return isWhole ? (value as IRecord) : null;
  } catch {
    return null;
  }
}
