import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, describe, expect, it } from 'vitest';

import { type Answers, type IScene, scene } from '../testing/scene';
import { dashboard } from '../testing/serving';
import {
  embedding,
  faultOfOrigin,
  faultOfPassword,
  faultOfWhom,
  isLoopback,
  secondsUntil
} from './checking';
import { Sharing } from './sharing';

const trans = nullTranslator.load('dashwright');
const AUDIENCE = {
  is_public: false,
  people: [],
  domains: [],
  embed_origins: [],
  links: []
};

describe('what is typed', () => {
  it.each([
    ['ada@example.org', true],
    ['example.org', true],
    ['@example.org', true],
    ['ada@', false],
    ['ada', false],
    ['a b@example.org', false],
    ['', false]
  ])('may be shared with: "%s" is %s', (text, isGood) => {
    expect(faultOfWhom(text, trans) === null).toBe(isGood);
  });

  it.each([
    ['https://intranet.example.org', true],
    ['http://localhost:3000/', true],
    ['https://example.org/page', false],
    ['https://*.example.org', false],
    ['javascript:alert(1)', false],
    ['example.org', false]
  ])('is an origin: "%s" is %s', (text, isGood) => {
    expect(faultOfOrigin(text, trans) === null).toBe(isGood);
  });

  it('is a password of some length, or none', () => {
    expect(faultOfPassword('', trans)).toBeNull();
    expect(faultOfPassword('short', trans)).not.toBeNull();
    expect(faultOfPassword('long enough', trans)).toBeNull();
  });

  it('is a day that is not over', () => {
    const now = new Date('2026-11-26T12:00:00').getTime();
    expect(secondsUntil('2026-11-26', now, trans).seconds).toBe(43_199);
    expect(secondsUntil('2026-11-25', now, trans).fault).not.toBeNull();
    expect(secondsUntil('', now, trans).fault).not.toBeNull();
    expect(secondsUntil('2050-01-01', now, trans).fault).not.toBeNull();
  });
});

it('writes no title into the code of another page as code', () => {
  const code = embedding('https://d.example.org/d/a', '"><script>');
  expect(code).not.toContain('<script>');
  const box = document.createElement('div');
  box.innerHTML = code;
  expect(box.querySelector('iframe')?.title).toBe('"><script>');
});

it('knows addresses that only this computer reaches', () => {
  expect(isLoopback('http://127.0.0.1:8866/')).toBe(true);
  expect(isLoopback('http://[::1]:8866/')).toBe(true);
  expect(isLoopback('https://127.example.org/')).toBe(false);
});

describe('sharing', () => {
  let stage: IScene;
  let work: Sharing;

  async function open(answers: Answers): Promise<void> {
    stage = await scene({
      'GET dashboards/sales': () => ({
        headers: { ETag: '"one"' },
        body: dashboard('sales')
      }),
      'GET dashboards/sales/sharing': () => ({ body: AUDIENCE }),
      ...answers
    });
    work = new Sharing(stage.model, 'sales', trans);
    await work.load();
  }

  afterEach(() => {
    work.dispose();
    stage.close();
  });

  it('says the rule of licences where it refuses, and stays as it was', async () => {
    const detail = "'sales' may not be public, since its dataset …";
    await open({
      'PATCH dashboards/sales': () => ({ status: 422, body: { detail } })
    });
    expect(await work.setPublic(true)).toBe(false);
    expect(work.faults.public).toBe(detail);
    expect(work.error).toBeNull();
    expect(work.audience?.is_public).toBe(false);
  });

  it('says at the field that nobody has such an account, and keeps it', async () => {
    const detail = "Nobody has an account with the address 'ada@example.org'.";
    await open({
      'PUT dashboards/sales/shares/ada@example.org': () => ({
        status: 404,
        body: { detail }
      })
    });
    work.write({ whom: 'ada@example.org' });
    expect(await work.add()).toBe(false);
    expect(work.faults.whom).toBe(detail);
    expect(work.value.whom).toBe('ada@example.org');
  });

  it('asks the server for no link that is over already', async () => {
    await open({});
    work.write({ lifetime: 'date', until: '2020-01-01' });
    expect(await work.makeLink()).toBe(false);
    expect(work.faults.until).toBeDefined();
    expect(stage.sent('POST dashboards/sales/links')).toEqual([]);
  });

  it('shows a new link until it is ended, and forgets its password', async () => {
    const link = { id: 'a', created_at: '2026-11-26T08:00:00Z' };
    await open({
      'POST dashboards/sales/links': () => ({
        status: 201,
        body: { link, url: 'http://127.0.0.1/s/secret' }
      }),
      'DELETE dashboards/sales/links/a': () => ({
        body: { ...link, revoked_at: '2026-11-26T09:00:00Z' }
      })
    });
    work.write({ lifetime: '1', password: 'long enough' });
    expect(await work.makeLink()).toBe(true);
    expect(stage.sent('POST dashboards/sales/links')).toEqual([
      { expires_in: 86_400, password: 'long enough' }
    ]);
    expect(work.made?.url).toBe('http://127.0.0.1/s/secret');
    expect(work.value.password).toBe('');
    expect(await work.endLink('a')).toBe(true);
    expect(work.made).toBeNull();
    expect(work.audience?.links[0]?.revoked_at).toBeTruthy();
  });
});
