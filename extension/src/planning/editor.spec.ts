import { nullTranslator } from '@jupyterlab/translation';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { VERSION } from '../api/about';
import { Model } from '../model/model';
import { bar, plan } from '../testing/planning';
import { dashboard, job, Serving, until } from '../testing/serving';
import { Editor } from './editor';
import type { Plan } from './nouns';

const SLUG = 'sales';
const trans = nullTranslator.load('dashwright');
let server: Serving;
let model: Model;
let published: { plan: Plan; etag: string };
let refusal: { status: number; detail: string } | null;
const editors: Editor[] = [];

beforeEach(async () => {
  published = { plan: plan(), etag: '"v1"' };
  refusal = null;
  server = await Serving.start(({ method, path }) => {
    const [where] = path.split('?');
    if (where === 'about') {
      return { body: { version: VERSION, viewer: null } };
    }
    if (where === `api/dashboards/${SLUG}`) {
      return { body: dashboard(SLUG) };
    }
    if (where === 'api/events') {
      return { status: 503, body: { detail: 'No events.' } };
    }
    if (where === 'api/me') {
      return { body: { kind: 'local', role: 'admin' } };
    }
    if (where?.includes('/tables/')) {
      return { body: { name: 'sales', columns: [] } };
    }
    if (where?.endsWith('/problems')) {
      return { body: { problems: [], findings: [] } };
    }
    if (where?.startsWith('api/jobs/')) {
      return { body: job(SLUG, { status: 'completed' }) };
    }
    if (method === 'PUT' || method === 'POST') {
      return refusal
        ? { status: refusal.status, body: { detail: refusal.detail } }
        : { status: 202, body: job(SLUG) };
    }
    return { headers: { ETag: published.etag }, body: published.plan };
  });
  model = new Model(server.settings);
});

afterEach(() => {
  editors.splice(0).forEach(one => {
    one.dispose();
  });
  model.dispose();
  server.close();
  localStorage.clear();
  sessionStorage.clear();
});

async function opened(): Promise<Editor> {
  const editor = new Editor(model, SLUG, trans);
  editors.push(editor);
  editor.setLive(false);
  await editor.open();
  return editor;
}

function retitle(editor: Editor, title: string): void {
  editor.edit({ ...(editor.plan ?? plan()), title }, 'Title');
}

/** Somebody else publishes a version. */
function publish(other: Plan, number = 2): void {
  published = { plan: other, etag: `"v${number}"` };
  const version = { number } as never;
  model.show(dashboard(SLUG, { version }));
}

describe('Editor', () => {
  it('knows what is not saved, and has it again when it is opened again', async () => {
    const editor = await opened();
    expect(editor.isDirty).toBe(false);
    retitle(editor, 'Mine');
    expect(editor.isDirty).toBe(true);
    editor.dispose();

    const again = await opened();
    expect([again.plan?.title, again.isDirty]).toEqual(['Mine', true]);
    again.undo();
    expect(again.isDirty).toBe(false);
    again.dispose();
    expect((await opened()).isDirty).toBe(false);
  });

  it('goes on from a version that has the same plan, without a question', async () => {
    const editor = await opened();
    retitle(editor, 'Mine');
    publish(structuredClone(published.plan));
    await until(() => editor.version === 2);

    expect([editor.theirs, editor.plan?.title]).toEqual([null, 'Mine']);
    expect(editor.told?.sentence).toContain('same plan');
  });

  it('takes the plan of somebody else where nothing was edited', async () => {
    const editor = await opened();
    publish(plan({ title: 'Theirs' }));
    await until(() => editor.version === 2);

    expect([editor.plan?.title, editor.isDirty]).toEqual(['Theirs', false]);
  });

  it.each([
    ['reapply', ['Theirs', 'Mine'], true],
    ['mine', ['Sales', 'Mine'], true],
    ['theirs', ['Theirs', 'Amount by a'], false]
  ] as const)(
    'settles by %s what two have changed',
    async (how, titles, isDirty) => {
      const editor = await opened();
      const widgets = plan().widgets.map(one =>
        one.id === 'a' ? { ...one, title: 'Mine' } : one
      );
      editor.edit({ ...plan(), widgets }, 'Title');
      publish(plan({ title: 'Theirs' }));
      await until(() => editor.theirs !== null);
      expect(editor.theirs?.changes).toMatchObject([{ id: 'title' }]);

      editor.settle(how);

      expect([editor.plan?.title, editor.plan?.widgets[0]?.title]).toEqual(
        titles
      );
      expect([editor.isDirty, editor.version, editor.theirs]).toEqual([
        isDirty,
        2,
        null
      ]);
    }
  );

  it('puts edits on top of what an amendment has made', async () => {
    const editor = await opened();
    retitle(editor, 'Mine');
    const more = plan({
      widgets: [
        ...plan().widgets,
        bar('d', { position: { x: 0, y: 9, width: 6, height: 4 } })
      ]
    });
    published = { plan: more, etag: '"v2"' };

    await editor.amend('add one');
    await until(() => editor.version === 2);

    expect([editor.plan?.title, editor.plan?.widgets.length]).toEqual([
      'Mine',
      4
    ]);
    expect(editor.theirs).toBeNull();
  });

  it('keeps edits that are refused, with the sentence, and the right that is missing', async () => {
    const editor = await opened();
    retitle(editor, 'Mine');
    refusal = { status: 409, detail: 'A job is under way.' };
    await editor.save();
    expect([editor.told?.sentence, editor.isDirty]).toEqual([
      'A job is under way.',
      true
    ]);

    refusal = { status: 403, detail: 'Only its owner may.' };
    await editor.save();
    expect([editor.readOnly, editor.canEdit]).toEqual([
      'Only its owner may.',
      false
    ]);
  });

  it('reads what is there where a save comes too late', async () => {
    const editor = await opened();
    retitle(editor, 'Mine');
    published = { plan: plan({ title: 'Theirs' }), etag: '"v2"' };
    refusal = { status: 412, detail: 'It has changed.' };

    await editor.save();

    expect(editor.theirs?.conflicts).toMatchObject([{ id: 'title' }]);
    expect(
      server
        .at(`api/dashboards/${SLUG}/plan`)
        .some(one => one.headers['if-match'] === '"v1"')
    ).toBe(true);
  });

  it('tells of a dashboard that is no more, and lets nothing be edited', async () => {
    const editor = await opened();
    model.forget(SLUG);
    retitle(editor, 'Mine');
    expect([editor.isGone, editor.isDirty]).toEqual([true, false]);
  });
});
