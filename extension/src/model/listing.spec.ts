import { afterEach, describe, expect, it } from 'vitest';

import { Client } from '../api/client';
import { dashboard, Serving } from '../testing/serving';
import { keyOf, Listing, NO_FILTER } from './listing';

let server: Serving;

afterEach(() => {
  server.close();
});

const pages: Record<string, { items: unknown[]; next: string | null }> = {
  '': { items: [dashboard('a'), dashboard('b')], next: 'second' },
  second: { items: [dashboard('b'), dashboard('c')], next: null }
};

async function listing(filter = NO_FILTER): Promise<Listing> {
  server = await Serving.start(({ path }) => {
    const cursor = new URL(path, 'http://x').searchParams.get('cursor') ?? '';
    return { body: pages[cursor] };
  });
  return new Listing(new Client(server.settings), filter);
}

function slugs({ items }: Listing): string[] {
  return items.map(({ slug }) => slug);
}

describe('Listing', () => {
  it('reads page after page, each dashboard once', async () => {
    const list = await listing();
    await list.load();
    expect([slugs(list), list.hasMore]).toEqual([['a', 'b'], true]);

    await list.more();
    await list.more();

    expect([slugs(list), list.hasMore]).toEqual([['a', 'b', 'c'], false]);
    expect(server.asked).toHaveLength(2);
  });

  it('keeps what was read beyond the first page when that is read again', async () => {
    const list = await listing();
    await list.load();
    await list.more();
    pages[''] = { items: [dashboard('new'), dashboard('b')], next: 'second' };

    await list.load();

    expect(slugs(list)).toEqual(['new', 'b', 'c']);
  });

  it('asks for what the filter says', async () => {
    const list = await listing({
      ...NO_FILTER,
      section: 'shared',
      search: '  sales ',
      tags: ['x'],
      status: ['failed']
    });
    await list.load();

    const { searchParams } = new URL(server.asked[0]?.path ?? '', 'http://x');
    expect(Object.fromEntries(searchParams)).toEqual({
      owner: 'others',
      public: 'false',
      search: 'sales',
      tag: 'x',
      status: 'failed',
      sort: '-updated_at',
      limit: '50'
    });
  });

  it('keeps what it has, and the reason, when a page does not come', async () => {
    const list = await listing();
    await list.load();
    server.answer = () => ({ status: 503, body: { detail: 'No database.' } });

    await list.load();

    expect(slugs(list)).not.toHaveLength(0);
    expect(list.error?.message).toBe('No database.');
    expect(list.isLoading).toBe(false);
  });

  it('lets only the last of two readings count', async () => {
    const list = await listing();

    await Promise.all([list.load(), list.load()]);

    expect(list.error).toBeNull();
    expect(list.isLoading).toBe(false);
    expect(slugs(list)).toHaveLength(2);
  });
});

describe('keyOf', () => {
  it('is the same for filters that find the same', () => {
    expect(keyOf({ ...NO_FILTER, search: ' a ' })).toBe(
      keyOf({ ...NO_FILTER, search: 'a' })
    );
    expect(keyOf({ ...NO_FILTER, tags: ['a'] })).not.toBe(keyOf(NO_FILTER));
  });
});
