// Deciding conflicts one by one: what was chosen so far.
import { type ISignal, Signal } from '@lumino/signaling';

import type { Conflict, Resolution } from '../../api/nouns';

export type Take = Resolution['take'];

/** What is to be decided, and what is done when it is. */
export interface IMerge {
  readonly conflicts: readonly Conflict[];
  /** What each side is called. */
  readonly sides: { base: string; mine: string; theirs: string };
  /** What a cell is called. */
  readonly name: (conflict: Conflict) => string;
  readonly apply: (resolutions: Resolution[]) => Promise<void>;
}

export class Choices {
  constructor(readonly merge: IMerge) {}

  isApplying = false;

  /** Why it could not be applied. */
  error: Error | null = null;

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  get left(): number {
    return this.merge.conflicts.length - this._made.size;
  }

  of(cell: string): Take | null {
    return this._made.get(cell)?.take ?? null;
  }

  /** The text of a cell, if it is edited: the person's own to begin with. */
  text(conflict: Conflict): string {
    return (
      this._texts.get(conflict.cell) ?? conflict.mine ?? conflict.theirs ?? ''
    );
  }

  choose({ cell }: Conflict, take: Take): void {
    this._made.set(cell, { cell, take, text: null });
    this._changed.emit();
  }

  chooseAll(take: Take): void {
    this.merge.conflicts.forEach(({ cell }) => {
      this._made.set(cell, { cell, take, text: null });
    });
    this._changed.emit();
  }

  write({ cell }: Conflict, text: string): void {
    this._texts.set(cell, text);
  }

  /** True: it is done. */
  async apply(): Promise<boolean> {
    if (this.left > 0 || this.isApplying) {
      return false;
    }
    this.isApplying = true;
    this.error = null;
    this._changed.emit();
    try {
      await this.merge.apply(
        this.merge.conflicts.map(conflict => {
          const take = this.of(conflict.cell) ?? 'mine';
          const text = take === 'text' ? this.text(conflict) : null;
          return { cell: conflict.cell, take, text };
        })
      );
      return true;
    } catch (reason) {
      this.error = reason as Error;
      return false;
    } finally {
      this.isApplying = false;
      this._changed.emit();
    }
  }

  private readonly _made = new Map<string, Resolution>();
  private readonly _texts = new Map<string, string>();
  private readonly _changed = new Signal<this, void>(this);
}
