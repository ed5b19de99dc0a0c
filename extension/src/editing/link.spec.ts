import type { INotebookContent } from '@jupyterlab/nbformat';
import { YNotebook } from '@jupyter/ydoc';
import { nullTranslator } from '@jupyterlab/translation';
import { Signal } from '@lumino/signaling';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { Client } from '../api/client';
import { Model } from '../model/model';
import { notebook } from '../testing/notebooks';
import { Serving, until } from '../testing/serving';
import { Drafts } from './drafts';
import { type Context, DraftLink } from './link';
import { originOf, received } from './notebook';

type Cells = Record<string, string>;

/** A file that is open, as Lab has it. */
class File {
  constructor(content: INotebookContent) {
    this.shared.fromJSON(content);
    this.shared.changed.connect(() => {
      this.model.dirty = true;
    });
    this.written = content;
  }

  readonly shared = YNotebook.create();
  /** What is on disk. */
  written: INotebookContent;
  readonly saveState = new Signal<this, string>(this);
  readonly disposed = new Signal<this, void>(this);
  readonly model = {
    dirty: false,
    sharedModel: this.shared,
    toJSON: () => this.shared.toJSON(),
    fromJSON: (content: INotebookContent) => {
      this.shared.fromJSON(content);
    },
    setMetadata: (name: string, value: unknown) => {
      this.shared.setMetadata(name, value as never);
    },
    metadata: this.shared.metadata
  };

  write(id: string, source: string): void {
    this.shared.cells.find(cell => cell.id === id)?.setSource(source);
  }

  save(): Promise<void> {
    this.saveState.emit('started');
    this.written = this.shared.toJSON();
    this.model.dirty = false;
    this.saveState.emit('completed');
    return Promise.resolve();
  }
}

let server: Serving;
let saves: INotebookContent[] = [];
let trouble = 0;
const links: DraftLink[] = [];

/** The newest save is the draft, and its number is in its tag. */
function save(cells: Cells): void {
  saves.push(notebook(cells));
}

beforeEach(async () => {
  saves = [notebook({ load: 'a', page: 'p' })];
  trouble = 0;
  server = await Serving.start(({ method, path, headers, body }) => {
    const headersNow = { ETag: `"d${saves.length}"` };
    const draft = {
      based_on: 1,
      published: 1,
      newest: 1,
      saved_by: 'bo@x.org'
    };
    if (trouble > 0) {
      return { status: trouble, body: { detail: 'Not now.' } };
    }
    if (path.endsWith('/data')) {
      return { body: { based_on: 1, folder: '/here/data' } };
    }
    if (path.includes('/draft/notebook') && method === 'GET') {
      const revision = Number(/revision=(\d+)/.exec(path)?.[1] ?? saves.length);
      const first = path.includes('before=edits') ? 1 : revision;
      const found = saves[first - 1];
      return found
        ? { headers: headersNow, body: found }
        : { status: 404, body: { detail: 'There is no such save.' } };
    }
    if (method === 'PUT') {
      if (headers['if-match'] !== headersNow.ETag) {
        return { status: 412, body: { detail: 'It was saved elsewhere.' } };
      }
      saves.push(JSON.parse(body) as INotebookContent);
      return { headers: { ETag: `"d${saves.length}"` }, body: draft };
    }
    return { headers: headersNow, body: { ...draft, widgets: [] } };
  });
});

afterEach(() => {
  links.splice(0).forEach(link => {
    link.dispose();
  });
  server.close();
});

function opened(file: File): DraftLink {
  const origin = originOf(file.written.metadata);
  if (!origin) {
    throw new Error('It is an ordinary notebook.');
  }
  const trans = nullTranslator.load('dashwright');
  const drafts = new Drafts(new Client(server.settings), 'sales');
  const context = file as unknown as Context;
  const model = new Model(server.settings);
  const link = new DraftLink(context, drafts, model, trans, origin);
  links.push(link);
  return link;
}

function fileOf(content: INotebookContent, tag = '"d1"'): File {
  const origin = { dashboard: 'sales', version: 1, tag, data: '/here/data' };
  return new File(received(content, origin));
}

function source(content: INotebookContent | undefined, id: string): unknown {
  return content?.cells.find(cell => cell.id === id)?.source;
}

describe('DraftLink', () => {
  it('saves the draft after the file, which says what it is in step with', async () => {
    const file = fileOf(saves[0] ?? notebook({}));
    const link = opened(file);
    await link.check();
    file.write('load', 'b');
    await file.save();
    await until(() => saves.length === 2 && link.standing.kind === 'sent');
    await file.save();

    expect(source(saves[1], 'load')).toBe('b');
    expect(source(saves[1], 'parameters')).toContain('data_folder = "data"');
    expect(originOf(file.written.metadata)?.tag).toBe('"d2"');
    expect(saves).toHaveLength(2);
  });

  it('sends later what the server did not take, also after the window was closed', async () => {
    const file = fileOf(saves[0] ?? notebook({}));
    const link = opened(file);
    await link.check();
    trouble = 503;
    file.write('load', 'b');
    await file.save();
    await until(() => link.standing.kind === 'waiting');
    link.dispose();
    trouble = 0;
    await opened(new File(file.written)).check();

    expect(source(saves[1], 'load')).toBe('b');
  });

  it('brings what was saved elsewhere where nothing was edited here', async () => {
    const file = fileOf(saves[0] ?? notebook({}));
    const link = opened(file);
    save({ load: 'theirs', page: 'p' });
    await link.check();

    expect(source(file.written, 'load')).toBe('theirs');
    expect(link.standing.kind).toBe('sent');
    expect(saves).toHaveLength(2);
  });

  it('knows its own save again though the file could not say so any more', async () => {
    save({ load: 'mine', page: 'p' });
    save({ load: 'mine', page: 'theirs' });
    const file = fileOf(notebook({ load: 'mine', page: 'p' }), '"d1"');
    const link = opened(file);
    await link.check();

    expect(link.standing.kind).toBe('sent');
    expect(source(file.written, 'page')).toBe('theirs');
  });

  it('overwrites nothing where both were edited, and keeps both', async () => {
    const file = fileOf(saves[0] ?? notebook({}));
    const link = opened(file);
    await link.check();
    save({ load: 'theirs', page: 'p' });
    file.write('load', 'mine');
    await file.save();
    await until(() => link.standing.kind === 'parted');

    expect(link.standing).toMatchObject({ by: 'bo@x.org', tag: '"d2"' });
    expect(source(file.written, 'load')).toBe('mine');
    expect(source(saves[saves.length - 1], 'load')).toBe('theirs');
    await expect(link.keep()).rejects.toThrow('saved by bo@x.org');
  });

  it.each([
    [403, 'refused'],
    [422, 'refused'],
    [404, 'gone']
  ])(
    'says after %i that it is %s, and leaves the file alone',
    async (status, kind) => {
      const file = fileOf(saves[0] ?? notebook({}));
      const link = opened(file);
      trouble = status;
      file.write('load', 'b');
      await file.save();
      await until(() => link.standing.kind === kind);

      expect(source(file.written, 'load')).toBe('b');
    }
  );
});
