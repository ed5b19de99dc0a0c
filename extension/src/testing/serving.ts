// A Jupyter server's side of the wire: what a test answers, and what it was asked.
import { ServerConnection } from '@jupyterlab/services';
import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { vi } from 'vitest';

import type { Dashboard, Job } from '../api/nouns';

export interface IAsked {
  method: string;
  /** Below the base URL, with the query but for the time that JupyterLab adds. */
  path: string;
  headers: IncomingMessage['headers'];
  body: string;
}

export type Answer = (
  asked: IAsked,
  response: ServerResponse
) => {
  status?: number;
  headers?: Record<string, string>;
  body: unknown;
} | null;

export class Serving {
  /** Serve until `close`. An answer of null means that the response is written by the test itself. */
  static async start(answer: Answer): Promise<Serving> {
    const serving = new Serving(answer);
    await new Promise<void>(resolve => {
      serving._server.listen(0, '127.0.0.1', resolve);
    });
    return serving;
  }

  private constructor(public answer: Answer) {
    this._server = createServer((request, response) => {
      void this._answer(request, response);
    });
  }

  readonly asked: IAsked[] = [];

  get settings(): ServerConnection.ISettings {
    const { port } = this._server.address() as AddressInfo;
    return ServerConnection.makeSettings({
      baseUrl: `http://127.0.0.1:${port}/user/ann/`,
      token: 'a-token',
      fetch: globalThis.fetch
    });
  }

  /** What was asked at an address, so far. */
  at(path: string): IAsked[] {
    return this.asked.filter(one => one.path.split('?')[0] === path);
  }

  close(): void {
    this._server.closeAllConnections();
    this._server.close();
  }

  private async _answer(
    request: IncomingMessage,
    response: ServerResponse
  ): Promise<void> {
    let body = '';
    for await (const chunk of request.setEncoding('utf-8')) {
      body += chunk as string;
    }
    const url = (request.url ?? '').replace(/[?&]\d+$/, '');
    const asked = {
      method: request.method ?? '',
      path: url.replace('/user/ann/dashwright/', ''),
      headers: request.headers,
      body
    };
    this.asked.push(asked);
    const answered = this.answer(asked, response);
    if (answered) {
      const { status = 200, headers = {} } = answered;
      const type = { 'Content-Type': 'application/json' };
      response.writeHead(status, { ...type, ...headers });
      response.end(JSON.stringify(answered.body));
    }
  }

  private readonly _server: Server;
}

/** A dashboard that has a page. */
export function dashboard(
  slug: string,
  more: Partial<Dashboard> = {}
): Dashboard {
  const time = '2026-11-25T08:00:00Z';
  return {
    id: `id-${slug}`,
    slug,
    title: `About ${slug}`,
    question: `What of ${slug}?`,
    status: 'completed',
    created_at: time,
    updated_at: time,
    owner_id: null,
    description: '',
    is_public: false,
    view_count: 0,
    tags: [],
    refresh_interval: 0,
    schedule: null,
    schedule_paused_at: null,
    thumbnail: null,
    version: null,
    folder: null,
    manifest: null,
    last_refresh_at: time,
    last_refresh_failed_at: null,
    last_refresh_failure: null,
    next_refresh_at: null,
    completed_at: time,
    ...more
  };
}

export function job(slug: string, more: Partial<Job> = {}): Job {
  return {
    id: `job-${slug}`,
    slug,
    dashboard_id: `id-${slug}`,
    kind: 'refresh',
    status: 'processing',
    progress: 40,
    current_step: 'download_datasets',
    message: '',
    steps: [],
    seconds: {},
    version_number: 2,
    unchanged: false,
    error_code: null,
    error_message: null,
    cancel_requested: false,
    attempt: 1,
    worker: null,
    created_at: '2026-11-26T08:00:00Z',
    started_at: null,
    completed_at: null,
    ...more
  } as Job;
}

/** Wait until it holds. */
export async function until(holds: () => boolean): Promise<void> {
  await vi.waitUntil(holds, { timeout: 5000, interval: 5 });
}
