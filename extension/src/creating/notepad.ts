// What somebody has typed, kept by the browser: closing a tab or losing the server loses nothing.
import { isPiece, type Piece } from './piece';

/** Notes that are kept; of older ones nobody knows any more what they were. */
const MOST_NOTES = 20;

/** All that is typed and chosen for one question. */
export interface IQuestion {
  readonly text: string;
  readonly title: string;
  readonly planner: string;
  /** Where data is looked for; none: as the server is set. */
  readonly sources: readonly string[];
  readonly hasSamples: boolean;
  /** The most charts, as it was typed; empty: as the server is set. */
  readonly charts: string;
  readonly pieces: readonly Piece[];
}

export const NO_QUESTION: IQuestion = {
  text: '',
  title: '',
  planner: 'auto',
  sources: [],
  hasSamples: true,
  charts: '',
  pieces: []
};

interface INote {
  question: IQuestion;
  /** The job that this was asked with. */
  job: string | null;
  /** When it was written, in milliseconds. */
  time: number;
}

export class Notepad {
  /** `owner` tells servers and users on one address apart. */
  constructor(
    owner: string,
    private readonly _storage: Storage = window.localStorage
  ) {
    this._prefix = `dashwright:question ${owner} `;
  }

  read(id: string): INote | null {
    try {
      return parse(this._storage.getItem(this._prefix + id));
    } catch {
      return null;
    }
  }

  write(id: string, question: IQuestion, job: string | null): void {
    const note: INote = { question, job, time: Date.now() };
    const key = this._prefix + id;
    try {
      const isNew = this._storage.getItem(key) === null;
      this._storage.setItem(key, JSON.stringify(note));
      const old = isNew ? this._ids().slice(MOST_NOTES) : [];
      old.forEach(one => {
        this.remove(one);
      });
    } catch (reason) {
      console.warn('Dashwright: the browser keeps no notes.', reason);
    }
  }

  remove(id: string): void {
    this._storage.removeItem(this._prefix + id);
  }

  /** The last note that was not asked yet, but for those of these ids. */
  unasked(but: readonly string[]): string | null {
    const isOpen = (id: string): boolean => {
      const note = this.read(id);
      return note !== null && note.job === null && hasContent(note.question);
    };
    return this._ids().find(id => !but.includes(id) && isOpen(id)) ?? null;
  }

  /** Of all notes, the newest first. */
  private _ids(): string[] {
    const ids = Object.keys(this._storage)
      .filter(key => key.startsWith(this._prefix))
      .map(key => key.slice(this._prefix.length));
    const times = new Map(ids.map(id => [id, this.read(id)?.time ?? 0]));
    return ids.sort((a, b) => (times.get(b) ?? 0) - (times.get(a) ?? 0));
  }

  private readonly _prefix: string;
}

/** Whether there is anything that somebody would miss. */
export function hasContent({ text, title, pieces }: IQuestion): boolean {
  return text.trim() !== '' || title.trim() !== '' || pieces.length > 0;
}

function parse(text: string | null): INote | null {
  const note = JSON.parse(text ?? 'null') as Partial<INote> | null;
  if (typeof note?.question !== 'object') {
    return null;
  }
  const kept = note.question as Partial<Record<keyof IQuestion, unknown>>;
  const words = (value: unknown): string =>
    typeof value === 'string' ? value : '';
  const list = (value: unknown): unknown[] =>
    Array.isArray(value) ? (value as unknown[]) : [];
  return {
    question: {
      text: words(kept.text),
      title: words(kept.title),
      planner: words(kept.planner) || NO_QUESTION.planner,
      sources: list(kept.sources).filter(one => typeof one === 'string'),
      hasSamples: kept.hasSamples !== false,
      charts: words(kept.charts),
      pieces: list(kept.pieces).filter(isPiece)
    },
    job: typeof note.job === 'string' ? note.job : null,
    time: typeof note.time === 'number' ? note.time : 0
  };
}
