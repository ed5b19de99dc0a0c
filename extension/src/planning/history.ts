// What was, what is, and what was undone: each edit with the words for it.

export interface IState<T> {
  value: T;
  /** What made it, for people; empty for what it began with. */
  label: string;
  /** Grows with each edit; the same after an undo as before the edit. */
  number: number;
}

/** Edits that can be undone. */
export const MOST_UNDONE = 200;
/** Milliseconds in which edits of the same field count as one. */
const TOGETHER = 1500;

export class History<T> {
  constructor(value: T) {
    this._now = { value, label: '', number: 0 };
  }

  get now(): IState<T> {
    return this._now;
  }

  /** What an undo would take back; null: nothing. */
  get undoable(): string | null {
    return this._past.length > 0 ? this._now.label : null;
  }

  /** What a redo would do again; null: nothing. */
  get redoable(): string | null {
    return this._future.at(-1)?.label ?? null;
  }

  /**
   * Add an edit.
   *
   * @param key What was edited: the next edit of the same goes with it, if it comes soon.
   */
  add(value: T, label: string, key = '', time = Date.now()): void {
    const goesOn =
      key !== '' && key === this._key && time - this._time < TOGETHER;
    if (!goesOn || this._past.length === 0) {
      this._past.push(this._now);
      this._past.splice(0, this._past.length - MOST_UNDONE);
    }
    this._now = { value, label, number: ++this._count };
    this._future = [];
    this._key = key;
    this._time = time;
  }

  undo(): boolean {
    return this._step(this._past, this._future);
  }

  redo(): boolean {
    return this._step(this._future, this._past);
  }

  /** Change what is, was and was undone alike, as when what all are based on has changed. */
  rebase(change: (value: T) => T): void {
    const changed = (state: IState<T>): IState<T> => ({
      ...state,
      value: change(state.value)
    });
    this._past = this._past.map(changed);
    this._future = this._future.map(changed);
    this._now = { ...changed(this._now), number: ++this._count };
    this._key = '';
  }

  private _step(from: IState<T>[], to: IState<T>[]): boolean {
    const state = from.pop();
    if (state === undefined) {
      return false;
    }
    to.push(this._now);
    this._now = state;
    this._key = '';
    return true;
  }

  private _now: IState<T>;
  private _past: IState<T>[] = [];
  private _future: IState<T>[] = [];
  private _count = 0;
  private _key = '';
  private _time = 0;
}
