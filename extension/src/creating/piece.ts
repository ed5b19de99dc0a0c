// A piece of data that a question is about: where it is, and how the API names it.
import type { NewDashboard, Offer } from '../api/nouns';

export type Piece =
  /** A file of JupyterLab, by its path there. */
  | { kind: 'lab'; path: string }
  /** A file that was sent to the server; `id` is null until all of it is there. */
  | { kind: 'upload'; name: string; size: number; id: string | null }
  | { kind: 'url'; url: string }
  | {
      kind: 'source';
      source: string;
      reference: string;
      title: string;
      licence: string;
      caution: string | null;
    };

type Data = NewDashboard['data'][number];

/** Pieces that a question may have. */
export const MOST_PIECES = 10;

const ENDINGS =
  /\.(?:csv|tsv|tab|txt|json|jsonl|ndjson|parquet|xlsx|ods)(?:\.gz|\.zip)?$|\.zip$/i;

/** Whether a file's name says that it can be read as data. */
export function isDataFile(name: string): boolean {
  return ENDINGS.test(name);
}

/** The same piece has the same key. */
export function keyOf(piece: Piece): string {
  switch (piece.kind) {
    case 'lab':
      return `lab ${piece.path}`;
    case 'upload':
      return `upload ${piece.name} ${piece.size}`;
    case 'url':
      return `url ${piece.url}`;
    case 'source':
      return `source ${piece.source} ${piece.reference}`;
  }
}

export function nameOf(piece: Piece): string {
  switch (piece.kind) {
    case 'lab':
      return piece.path.split('/').pop() ?? piece.path;
    case 'upload':
      return piece.name;
    case 'url':
      return piece.url;
    case 'source':
      return piece.title;
  }
}

export function pieceOf({ dataset, licence, caution }: Offer): Piece {
  const { source, reference, title } = dataset;
  return { kind: 'source', source, reference, title, licence, caution };
}

/**
 * As a new dashboard names it. `root` is the folder of the server in which the paths
 * of JupyterLab begin.
 */
export function dataOf(piece: Piece, root: string): Data {
  switch (piece.kind) {
    case 'lab': {
      const reference = `${root.replace(/\/+$/, '')}/${piece.path}`;
      return { kind: 'local', reference, table: null, query: null };
    }
    case 'upload':
      return { kind: 'upload', upload_id: piece.id ?? '' };
    case 'url':
      return { kind: 'url', url: piece.url };
    case 'source': {
      const { source, reference } = piece;
      return { kind: 'source', source, reference };
    }
  }
}

/** Whether something that was kept is a piece. */
export function isPiece(value: unknown): value is Piece {
  if (typeof value !== 'object' || value === null) {
    return false;
  }
  const { kind, ...fields } = value as Record<string, unknown>;
  const wanted = FIELDS[kind as Piece['kind']] as readonly string[] | undefined;
  return wanted?.every(name => typeof fields[name] === 'string') ?? false;
}

const FIELDS: Record<Piece['kind'], readonly string[]> = {
  lab: ['path'],
  upload: ['name'],
  url: ['url'],
  source: ['source', 'reference', 'title', 'licence']
};
