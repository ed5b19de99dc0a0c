// All HTTP to the server goes through `Client.send`: it knows the base URL, the token and the XSRF cookie of
// JupyterLab, and makes one kind of error of whatever goes wrong.
import { URLExt } from '@jupyterlab/coreutils';
import { ServerConnection } from '@jupyterlab/services';
import { UUID } from '@lumino/coreutils';
import { type ISignal, Signal } from '@lumino/signaling';
import createClient, { type Client as Typed } from 'openapi-fetch';

import { ApiError, errorOf, isAbort, refusalOf } from './errors';
import type { Upload } from './nouns';
import type { paths } from './schema';
import { type ISending, upload } from './upload';

/** An answer, and what guards a change of what it tells: the value of If-Match. */
export interface ITagged<T> {
  value: T;
  etag: string;
}

interface IAnswer<T> {
  data?: T;
  response: Response;
}

export class Client {
  constructor(private readonly _settings: ServerConnection.ISettings) {
    this.base = URLExt.join(_settings.baseUrl, 'dashwright', 'api');
    this.api = createClient<paths>({
      baseUrl: this.base,
      fetch: request => this.send(request.url, request)
    });
  }

  /** The API's address, without a slash at its end. */
  readonly base: string;

  /** Typed by the API's document: `client.api.GET('/jobs/{job_id}', …)`; give the promise to `take` or `tagged`. */
  readonly api: Typed<paths>;

  /** Emitted after each request: whether the server answered, with whatever. */
  get answered(): ISignal<this, boolean> {
    return this._answered;
  }

  /**
   * Send one request.
   *
   * Rejects with an ApiError for every answer that is not 2xx or 304 and where none
   * came, or with an AbortError.
   */
  async send(url: string, init: Request | RequestInit = {}): Promise<Response> {
    let response: Response;
    try {
      response = await ServerConnection.makeRequest(
        url,
        init instanceof Request ? await initOf(init) : init,
        this._settings
      );
    } catch (reason) {
      if (!isAbort(reason)) {
        this._answered.emit(false);
      }
      throw errorOf(reason);
    }
    this._answered.emit(true);
    if (!response.ok && response.status !== 304) {
      throw await refusalOf(response);
    }
    return response;
  }

  /** Bring a file, under a name whose ending tells the format. */
  async upload(file: Blob, name: string, sending: ISending): Promise<Upload> {
    const url = `${this.base}/uploads?${new URLSearchParams({ name }).toString()}`;
    return upload(url, file, this._settings, sending);
  }

  private readonly _answered = new Signal<this, boolean>(this);
}

/** What was answered. Of calls that answer nothing (204), undefined. */
export async function take<T>(asked: Promise<IAnswer<T>>): Promise<T> {
  return (await asked).data as T;
}

/** What was answered, with its ETag. */
export async function tagged<T>(
  asked: Promise<IAnswer<T>>
): Promise<ITagged<T>> {
  const { data, response } = await asked;
  const etag = response.headers.get('ETag');
  if (data === undefined || etag === null) {
    throw new ApiError('The answer has no ETag.', response.status, 'no-etag');
  }
  return { value: data, etag };
}

/** A key for a creation that is to happen once, however often it is sent. */
export function newKey(): { 'Idempotency-Key': string } {
  return { 'Idempotency-Key': UUID.uuid4() };
}

async function initOf(request: Request): Promise<RequestInit> {
  const { method, signal } = request;
  const headers = Object.fromEntries(request.headers.entries());
  if (method === 'GET' || method === 'HEAD') {
    return { method, signal, headers };
  }
  const body = await request.blob();
  return { method, signal, headers, ...(body.size > 0 && { body }) };
}
