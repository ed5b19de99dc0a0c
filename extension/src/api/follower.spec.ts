import type { ServerResponse } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';

import { Serving, until } from '../testing/serving';
import { Client } from './client';
import type { IServerEvent } from './events';
import { Follower, type Link, pauseAfter } from './follower';

const leaving = new AbortController();
let server: Serving | null = null;

afterEach(() => {
  leaving.abort();
  server?.close();
});

describe('Follower', () => {
  it('tells events as they come, and goes on after the last one when the stream breaks', async () => {
    const streams: ServerResponse[] = [];
    server = await Serving.start((_, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('retry: 2000\n\n');
      streams.push(response);
      return null;
    });
    const client = new Client(server.settings);
    const follower = new Follower((since, signal) =>
      client.send(`${client.base}/events`, {
        signal,
        headers: since === null ? {} : { 'Last-Event-ID': since }
      })
    );
    const told: IServerEvent[] = [];
    const links: Link[] = [];
    follower.told.connect((_, event) => told.push(event));
    follower.linked.connect((_, link) => links.push(link));
    void follower.follow(leaving.signal);

    await until(() => streams.length === 1);
    streams[0]?.write(': still here\n\nid: 7\nevent: job\nda');
    streams[0]?.write(
      'ta: {"id":"ä"}\n\nid: 8\nevent: gone\ndata: {"id":"b"}\n\n'
    );
    await until(() => told.length === 2);
    streams[0]?.destroy();
    await until(() => links.length === 2);
    follower.hurry();
    await until(() => streams.length === 2);

    expect(told.map(({ id, type, data }) => [id, type, data])).toEqual([
      ['7', 'job', { id: 'ä' }],
      ['8', 'gone', { id: 'b' }]
    ]);
    expect(links[0]).toEqual({ isOpen: true });
    expect(links[1]).toMatchObject({
      isOpen: false,
      error: { isUnreachable: true }
    });
    expect(server.asked[1]?.headers['last-event-id']).toBe('8');
  });

  it('waits longer after each failure, half a minute at most', () => {
    const pauses = [1, 2, 3, 20].map(failures => pauseAfter(failures, 1));

    expect(pauses).toEqual([1000, 2000, 4000, 30_000]);
    expect(pauseAfter(1, 0)).toBe(750);
  });
});
