// How the server is, as far as this window knows.
import type { ApiError } from '../api/errors';

export type ServerState =
  /** Nobody has asked yet. */
  | { kind: 'unknown' }
  | { kind: 'online' }
  /** No answer comes; it is tried again. */
  | { kind: 'gone'; retryAt: number }
  /** It answers, and cannot work: no database, a wrong setting. */
  | { kind: 'unusable'; error: ApiError | Error }
  /** Front end and server are of versions that do not go together. */
  | { kind: 'older' | 'newer'; version: string };

/** Whether requests make sense. */
export function isUsable(state: ServerState): boolean {
  return state.kind === 'online' || state.kind === 'unknown';
}
