import { ServerConnection } from '@jupyterlab/services';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';

import { fetchAbout, pageOf, parseAbout, standing } from './about';
import { Client } from './client';

interface IAsked {
  url: string;
  authorization: string | undefined;
}

let server: Server | null = null;

afterEach(() => {
  server?.close();
  server = null;
});

/** A Jupyter server's side of the wire. */
async function serve(
  status: number,
  answer: unknown
): Promise<{ settings: ServerConnection.ISettings; asked: IAsked[] }> {
  const asked: IAsked[] = [];
  server = createServer((request, response) => {
    asked.push({
      url: request.url ?? '',
      authorization: request.headers.authorization
    });
    response.writeHead(status, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(answer));
  });
  await new Promise<void>(resolve => server?.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const settings = ServerConnection.makeSettings({
    baseUrl: `http://127.0.0.1:${port}/user/ann/`,
    token: 'a-token',
    fetch: globalThis.fetch
  });
  return { settings, asked };
}

describe('fetchAbout', () => {
  it('asks below the base URL, with the token', async () => {
    const about = { version: '1.2.3', viewer: 'http://127.0.0.1:8866/' };
    const { settings, asked } = await serve(200, about);

    expect(await fetchAbout(new Client(settings), settings)).toEqual(about);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.url).toMatch(/^\/user\/ann\/dashwright\/about(\?\d+)?$/);
    expect(asked[0]?.authorization).toBe('token a-token');
  });

  it('rejects with what the server said when it refuses', async () => {
    const { settings } = await serve(403, { message: 'Forbidden' });

    await expect(fetchAbout(new Client(settings), settings)).rejects.toThrow(
      'Forbidden'
    );
  });
});

describe('parseAbout', () => {
  it('takes no address but http and https', () => {
    const viewer = 'javascript:alert(1)';

    expect(parseAbout({ version: '1', viewer }).viewer).toBeNull();
    expect(parseAbout({ version: '1', viewer: 8866 }).viewer).toBeNull();
    expect(
      parseAbout({ version: '1', viewer: 'https://dash.example/' }).viewer
    ).toBe('https://dash.example/');
  });

  it('refuses an answer that is not one of ours', () => {
    expect(() => parseAbout(null)).toThrow('object');
    expect(() => parseAbout({ viewer: null })).toThrow('version');
  });
});

describe('standing', () => {
  it('takes only the first two numbers for a different API', () => {
    expect(standing('1.4.0', '1.4.9')).toBe('same');
    expect(standing('1.3.9', '1.4.0')).toBe('older');
    expect(standing('0.10.0', '0.9.0')).toBe('newer');
    expect(standing('2.0.0rc1', '1.9.0')).toBe('newer');
  });
});

describe('pageOf', () => {
  it('leads to the page of a dashboard, below the path of the viewer', () => {
    expect(pageOf('https://a.example/boards/', 'sales')).toBe(
      'https://a.example/boards/d/sales'
    );
    expect(pageOf('https://a.example', 'a/b')).toBe(
      'https://a.example/d/a%2Fb'
    );
  });
});
