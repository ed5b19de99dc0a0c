// The dashboard that somebody has chosen, in the panel or by the tab that they look at.
import { type ISignal, Signal } from '@lumino/signaling';

export class Current {
  /** Null while none is chosen. */
  get slug(): string | null {
    return this._slug;
  }

  set slug(slug: string | null) {
    if (slug !== this._slug) {
      this._slug = slug;
      this._changed.emit(slug);
    }
  }

  get changed(): ISignal<this, string | null> {
    return this._changed;
  }

  private _slug: string | null = null;
  private readonly _changed = new Signal<this, string | null>(this);
}
