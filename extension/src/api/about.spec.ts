import { afterEach, describe, expect, it } from 'vitest';

import { Serving } from '../testing/serving';
import { besides, fetchAbout, pageOf, parseAbout, standing } from './about';
import { Client } from './client';

let server: Serving | null = null;

afterEach(() => {
  server?.close();
  server = null;
});

describe('fetchAbout', () => {
  it('asks below the base URL, with the token', async () => {
    const about = {
      version: '1.2.3',
      viewer: 'http://127.0.0.1:8866/',
      root: '/home/ann'
    };
    server = await Serving.start(() => ({ body: about }));
    const { settings } = server;

    expect(await fetchAbout(new Client(settings), settings)).toEqual(about);
    expect(server.asked[0]?.path).toBe('about');
  });

  it('rejects with what the server said when it refuses', async () => {
    server = await Serving.start(() => ({
      status: 403,
      body: { message: 'Forbidden' }
    }));
    const { settings } = server;

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

describe('besides', () => {
  it('names this machine as the window does, and no other machine', () => {
    const page = 'http://127.0.0.1:8866/d/sales';

    expect(besides(page, 'localhost')).toBe('http://localhost:8866/d/sales');
    expect(besides(page, 'jupyter.example.org')).toBe(page);
    expect(besides('https://a.example/d/x', 'localhost')).toBe(
      'https://a.example/d/x'
    );
  });
});
