import { Contents } from '@jupyterlab/services';
import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, describe, expect, it, vi } from 'vitest';

import { Model } from '../model/model';
import { type Answer, Serving } from '../testing/serving';
import { Form } from './form';
import { Notepad, NO_QUESTION } from './notepad';

const trans = nullTranslator.load('dashwright');
const BEGUN = { dashboard: { slug: 'sales' }, job: { id: '1', slug: 'sales' } };

let server: Serving;
let model: Model;
let form: Form;

async function start(answer: (path: string) => ReturnType<Answer>) {
  server = await Serving.start(({ path }) => {
    const name = path.split('?')[0] ?? '';
    return name === 'about'
      ? { body: { version: '0.1.0', viewer: null, root: '/home/ann' } }
      : answer(name);
  });
  model = new Model(server.settings);
  const contents = {
    driveName: () => '',
    localPath: (path: string) => path,
    get: async (path: string) =>
      path.includes('gone')
        ? Promise.reject(
            Object.assign(new Error('gone'), { response: { status: 404 } })
          )
        : Promise.resolve({ path })
  } as unknown as Contents.IManager;
  form = new Form(model, contents, trans);
  form.set({ text: 'How do sales differ?' });
}

afterEach(() => {
  form.dispose();
  model.dispose();
  server.close();
});

describe('Form', () => {
  it('asks once under one key, until the server has answered', async () => {
    let attempts = 0;
    await start(() =>
      ++attempts < 3
        ? {
            status: 503,
            headers: { 'Retry-After': '1' },
            body: { detail: 'The database is gone.', code: 'unavailable' }
          }
        : { status: 202, body: BEGUN }
    );
    form.pieces.addPaths(['data/sales.csv']);
    const [first, second] = [form.create(), form.create()];
    await vi.waitFor(() => {
      expect(form.sending?.error?.message).toBe('The database is gone.');
    });

    expect(await second).toBeNull();
    expect((await first)?.job.id).toBe('1');
    const asked = server.at('api/dashboards');
    const keys = asked.map(({ headers }) => headers['idempotency-key']);
    expect(asked).toHaveLength(3);
    expect(new Set(keys).size).toBe(1);
    await form.create();
    expect(keys).not.toContain(
      server.at('api/dashboards')[3]?.headers['idempotency-key']
    );
    expect(JSON.parse(asked[2]?.body ?? '')).toMatchObject({
      question: 'How do sales differ?',
      data: [{ kind: 'local', reference: '/home/ann/data/sales.csv' }]
    });
  });

  it('says what is wrong at its place, and keeps all that was typed', async () => {
    const errors = [
      { place: 'body', name: 'wishes.max_widgets', message: 'at most 24' },
      { place: 'body', name: 'data.1.url', message: 'no address' }
    ];
    await start(() => ({
      status: 422,
      body: { detail: 'Not valid.', code: 'invalid', errors }
    }));
    form.set({ charts: '99' });
    form.pieces.addPaths(['sales.csv']);
    form.pieces.add({ kind: 'url', url: 'https://a.example/b' });

    expect(await form.create()).toBeNull();
    expect(form.faults).toEqual({ charts: 'at most 24' });
    expect(form.pieces.items.map(item => item.error)).toEqual([
      undefined,
      'no address'
    ]);
    expect(form.problem).toBeNull();
    expect(form.question.text).toBe('How do sales differ?');
  });

  it('sends nothing about a file that has vanished', async () => {
    await start(() => ({ status: 202, body: BEGUN }));
    form.pieces.addPaths(['gone.csv']);

    expect(await form.create()).toBeNull();
    expect(form.pieces.items[0]?.error).toContain('gone.csv');
    expect(server.at('api/dashboards')).toHaveLength(0);
  });

  it('refuses a file that is too large before it is sent', async () => {
    await start(() => ({ body: { items: [], max_size: 3 } }));
    await form.pieces.examine();
    form.pieces.addFiles([new File(['1234'], 'large.csv')]);

    expect(form.pieces.items).toHaveLength(0);
    expect(form.pieces.refusal).toContain('large.csv');
    expect(form.pieces.refusal).toContain('3 bytes');
  });
});

describe('Notepad', () => {
  it('keeps what was typed, and gives back the last that was not asked', async () => {
    await start(() => null);
    const notepad = new Notepad('/user/ann/');
    const typed = { ...NO_QUESTION, text: 'Why?' };
    notepad.write('a', typed, null);
    notepad.write('b', typed, 'job');

    expect(new Notepad('/user/ann/').read('a')?.question).toEqual(typed);
    expect(notepad.unasked([])).toBe('a');
    expect(notepad.unasked(['a'])).toBeNull();
    expect(new Notepad('/user/bob/').unasked([])).toBeNull();
  });
});
