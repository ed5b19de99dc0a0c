// The one error that every call to the server can end with.
import { ServerConnection } from '@jupyterlab/services';

import type { Fault } from './nouns';

/** `code` of an error that is no answer of the server's. */
export const UNREACHABLE = 'unreachable';

/**
 * What the server refused, or that it did not answer. `message` is a sentence
 * for people.
 */
export class ApiError extends Error {
  constructor(
    message: string,
    readonly status: number,
    readonly code: string,
    readonly errors: readonly Fault[] = [],
    /** Seconds after which it can be tried again, where the server said so. */
    readonly retryAfter: number | null = null
  ) {
    super(message);
    this.name = 'ApiError';
  }

  /** Whether no answer came at all. */
  get isUnreachable(): boolean {
    return this.code === UNREACHABLE;
  }
}

/** What an answer that is not 2xx says (RFC 9457, or Jupyter's own shape). */
export async function refusalOf(response: Response): Promise<ApiError> {
  const { status, headers } = response;
  const said = await read(response);
  const sentence =
    text(said['detail']) ??
    text(said['message']) ??
    `The server answered ${status} ${response.statusText}.`;
  const code = text(said['code']) ?? `http-${status}`;
  const faults = Array.isArray(said['errors']) ? said['errors'] : [];
  const seconds = Number.parseInt(headers.get('Retry-After') ?? '', 10);
  return new ApiError(
    sentence,
    status,
    code,
    faults.filter(isFault),
    Number.isNaN(seconds) ? null : seconds
  );
}

/** Whatever was thrown, as an ApiError; an abort stays what it is. */
export function errorOf(reason: unknown): Error {
  if (reason instanceof ApiError || isAbort(reason)) {
    return reason as Error;
  }
  if (reason instanceof ServerConnection.NetworkError) {
    return unreachable();
  }
  return reason instanceof Error ? reason : new Error(String(reason));
}

export function unreachable(): ApiError {
  return new ApiError('The Jupyter server does not answer.', 0, UNREACHABLE);
}

export function isAbort(reason: unknown): boolean {
  return reason instanceof Error && reason.name === 'AbortError';
}

async function read(response: Response): Promise<Record<string, unknown>> {
  try {
    const value: unknown = await response.json();
    return typeof value === 'object' && value !== null
      ? (value as Record<string, unknown>)
      : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

function isFault(value: unknown): value is Fault {
  return typeof value === 'object' && value !== null && 'message' in value;
}
