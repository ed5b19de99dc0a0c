import { afterEach, describe, expect, it } from 'vitest';

import { Serving } from '../testing/serving';
import { Client, newKey, tagged, take } from './client';
import { ApiError } from './errors';

let server: Serving | null = null;

afterEach(() => {
  server?.close();
  server = null;
});

const REFUSAL = {
  type: 'urn:dashwright:problem:quota-exceeded',
  title: 'Too Many Requests',
  status: 429,
  detail: 'You have asked for 5 dashboards in this hour.',
  code: 'quota-exceeded',
  request_id: 'a',
  errors: [{ place: 'body', name: 'question', message: 'it is too short' }]
};

describe('Client', () => {
  it('asks below the base URL, with the token, each value by its name', async () => {
    server = await Serving.start(() => ({ body: { items: [], next: null } }));
    const client = new Client(server.settings);
    const query = {
      status: ['failed' as const],
      search: 'a & b',
      tag: ['x', 'y']
    };

    await take(client.api.GET('/dashboards', { params: { query } }));

    expect(server.asked[0]?.path).toBe(
      'api/dashboards?status=failed&search=a%20%26%20b&tag=x&tag=y'
    );
    expect(server.asked[0]?.headers.authorization).toBe('token a-token');
  });

  it('sends bodies as JSON, with the key that makes a creation happen once', async () => {
    server = await Serving.start(() => ({ status: 202, body: {} }));
    const client = new Client(server.settings);
    const header = newKey();

    await take(
      client.api.POST('/dashboards/{slug}/duplicate', {
        params: { path: { slug: 'sales' }, header },
        body: { title: 'Again' }
      })
    );

    const [asked] = server.asked;
    expect(asked?.method).toBe('POST');
    expect(asked?.headers['content-type']).toBe('application/json');
    expect(asked?.headers['idempotency-key']).toBe(header['Idempotency-Key']);
    expect(asked?.body).toBe('{"title":"Again"}');
  });

  it('gives the ETag that guards a change', async () => {
    server = await Serving.start(() => ({
      headers: { ETag: '"seen"' },
      body: { slug: 'sales' }
    }));
    const client = new Client(server.settings);
    const path = { slug: 'sales' };

    const { value, etag } = await tagged(
      client.api.GET('/dashboards/{slug}', { params: { path } })
    );

    expect([value.slug, etag]).toEqual(['sales', '"seen"']);
  });

  it('rejects with the sentence, code, fields and time of a refusal', async () => {
    server = await Serving.start(() => ({
      status: 429,
      headers: {
        'Retry-After': '60',
        'Content-Type': 'application/problem+json'
      },
      body: REFUSAL
    }));
    const client = new Client(server.settings);

    const error = await take(client.api.GET('/me')).catch((e: unknown) => e);

    expect(error).toBeInstanceOf(ApiError);
    expect(error).toMatchObject({
      message: REFUSAL.detail,
      status: 429,
      code: 'quota-exceeded',
      errors: REFUSAL.errors,
      retryAfter: 60,
      isUnreachable: false
    });
  });

  it("says what Jupyter said where the answer is none of the API's", async () => {
    server = await Serving.start(() => ({
      status: 403,
      body: { message: 'Forbidden' }
    }));

    await expect(
      take(new Client(server.settings).api.GET('/me'))
    ).rejects.toMatchObject({ message: 'Forbidden', status: 403 });
  });

  it('tells a server that does not answer from one that refuses', async () => {
    server = await Serving.start(() => ({ body: {} }));
    const client = new Client(server.settings);
    const answered: boolean[] = [];
    client.answered.connect((_, isAnswered) => answered.push(isAnswered));
    await take(client.api.GET('/me'));
    server.close();

    await expect(take(client.api.GET('/me'))).rejects.toMatchObject({
      isUnreachable: true
    });
    expect(answered).toEqual([true, false]);
  });
});
