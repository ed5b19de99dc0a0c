import type { ServerResponse } from 'node:http';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { VERSION } from '../api/about';
import type { Dashboard, Job } from '../api/nouns';
import { dashboard, job, Serving, until } from '../testing/serving';
import { NO_FILTER } from './listing';
import { Model } from './model';

const VIEWER = 'http://127.0.0.1:8866/';
let server: Serving;
let version = VERSION;
let items: Dashboard[] = [];
let streams: ServerResponse[] = [];
const models: Model[] = [];

function model(): Model {
  const made = new Model(server.settings);
  models.push(made);
  return made;
}

function tell(event: 'job' | 'gone', data: unknown): void {
  const text = `id: 1\nevent: ${event}\ndata: ${JSON.stringify(data)}\n\n`;
  streams.forEach(stream => stream.write(text));
}

beforeEach(async () => {
  version = VERSION;
  items = [dashboard('sales'), dashboard('costs')];
  streams = [];
  server = await Serving.start(({ path }, response) => {
    if (path.startsWith('api/events')) {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write('retry: 2000\n\n');
      streams.push(response);
      return null;
    }
    if (path.startsWith('about')) {
      return { body: { version, viewer: VIEWER } };
    }
    if (path.startsWith('api/jobs')) {
      return { body: { items: [], next: null } };
    }
    const slug = /^api\/dashboards\/(\w+)$/.exec(path)?.[1];
    if (slug === undefined) {
      return { body: { items, next: null } };
    }
    const found = items.find(one => one.slug === slug);
    return found
      ? { body: found }
      : { status: 404, body: { detail: 'There is no such dashboard.' } };
  });
});

afterEach(() => {
  models.splice(0).forEach(one => {
    one.dispose();
  });
  server.close();
});

async function started(): Promise<Model> {
  const made = model();
  made.start();
  await until(() => streams.length > 0 && made.server.kind === 'online');
  await made.listing(NO_FILTER).load();
  return made;
}

describe('Model', () => {
  it('asks nothing before it is started', async () => {
    const idle = model();
    await started();

    expect(idle.server.kind).toBe('unknown');
    expect(server.at('about')).toHaveLength(1);
  });

  it('keeps a job while it is under way, and reads its dashboard when it is over', async () => {
    const one = await started();
    const seen: Job[] = [];
    one.jobChanged.connect((_, changed) => seen.push(changed));

    tell('job', job('sales'));
    await until(() => one.jobs.has('sales'));
    items = [dashboard('sales', { title: 'New title' }), dashboard('costs')];
    tell('job', job('sales', { status: 'completed', progress: 100 }));
    await until(() => one.known('sales')?.title === 'New title');

    expect(one.jobs.size).toBe(0);
    expect(seen.map(({ status }) => status)).toEqual([
      'processing',
      'completed'
    ]);
    expect(one.listing(NO_FILTER).items[0]?.title).toBe('New title');
  });

  it('reads the list again when a dashboard is made that it does not know', async () => {
    const one = await started();
    items = [dashboard('fresh'), ...items];

    tell('job', job('fresh', { kind: 'new' }));

    await until(() => one.known('fresh') !== null);
    expect(one.listing(NO_FILTER).items.map(({ slug }) => slug)).toEqual([
      'fresh',
      'sales',
      'costs'
    ]);
  });

  it('lists at once what this window has asked for', async () => {
    const one = await started();
    const asked = dashboard('asked', { status: 'pending' });
    items = [asked, ...items];

    one.begin(job('asked', { kind: 'new', status: 'pending' }), asked);

    await until(() => one.listing(NO_FILTER).items[0]?.slug === 'asked');
    expect(one.begun.has('job-asked')).toBe(true);
  });

  it('forgets a dashboard whose job is gone and that is there no more', async () => {
    const one = await started();
    tell('job', job('sales'));
    await until(() => one.jobs.has('sales'));
    items = [dashboard('costs')];

    tell('gone', { id: job('sales').id });

    await until(() => one.known('sales') === null);
    expect(one.jobs.has('sales')).toBe(false);
    expect(one.listing(NO_FILTER).items).toHaveLength(1);
  });

  it('tells the other windows of this browser what happened here', async () => {
    const [here, there] = [await started(), await started()];

    here.forget('sales');
    here.show(dashboard('costs', { title: 'Changed' }));

    await until(() => there.known('costs')?.title === 'Changed');
    expect(there.known('sales')).toBeNull();
  });

  it.each([
    ['older', '0.0.1'],
    ['newer', '99.0.0']
  ])('says that the server is %s than the front end', async (kind, other) => {
    version = other;
    const one = model();
    await one.ask();

    expect(one.server).toEqual({ kind, version: other });
  });

  it('knows where a page is once the server has told', async () => {
    const one = model();
    expect(one.page('sales')).toBeNull();
    await one.ask();

    expect(one.page('sales')).toBe(`${VIEWER}d/sales`);
  });

  it('is gone when the server does not answer, and back when it does', async () => {
    const one = await started();
    const before = server.asked.length;

    streams[0]?.destroy();
    await until(() => one.server.kind === 'gone');
    one.retry();
    await until(() => one.server.kind === 'online' && streams.length === 2);

    await until(() => server.at('api/jobs').length === 2);
    const again = server.asked
      .slice(before)
      .map(({ path }) => path.split('?')[0]);
    expect(again).toContain('api/jobs');
    expect(again).toContain('api/dashboards');
  });
});
