// How a notebook that is open here stands to the draft on the server.
import type { INotebookContent } from '@jupyterlab/nbformat';

import { ApiError } from '../api/errors';

export type Standing =
  | { kind: 'opening' }
  /** The draft is what the file is. */
  | { kind: 'sent' }
  | { kind: 'sending' }
  /** The server does not answer. What was saved is in the file, and is sent when it does. */
  | { kind: 'waiting'; error: Error }
  /** It will not be taken as it is: no rights, not valid, too large. It is in the file. */
  | { kind: 'refused'; error: Error }
  /** The draft was saved elsewhere, too. */
  | { kind: 'parted'; theirs: INotebookContent; tag: string; by: string | null }
  /** There is no such dashboard any more, or not for this user. */
  | { kind: 'gone' };

/** What an error of a save, or a look, means. */
export function standingOf(reason: unknown): Standing {
  const error = reason instanceof Error ? reason : new Error(String(reason));
  if (!(error instanceof ApiError)) {
    return { kind: 'refused', error };
  }
  if (error.status === 404) {
    return { kind: 'gone' };
  }
  const isForNow =
    error.isUnreachable || error.status >= 500 || error.status === 429;
  return { kind: isForNow ? 'waiting' : 'refused', error };
}
