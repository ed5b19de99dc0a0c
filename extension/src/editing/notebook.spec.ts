import type { ICell, INotebookContent } from '@jupyterlab/nbformat';
import { describe, expect, it } from 'vitest';

import { notebook } from '../testing/notebooks';
import { isSame, originOf, received, relocated, sent } from './notebook';

const ORIGIN = {
  dashboard: 'sales',
  version: 3,
  tag: '"d5"',
  data: '/home/ann "b"/versions/3/data'
};

function cell(content: INotebookContent, id: string): ICell {
  const found = content.cells.find(one => one.id === id);
  if (!found) {
    throw new Error(`There is no cell ${id}.`);
  }
  return found;
}

describe('a notebook on its way', () => {
  it('comes back as it was, though the file has outputs and finds its data', () => {
    const kept = notebook({ load: 'rows = 1' });
    const file = structuredClone(received(kept, ORIGIN));
    const code = cell(file, 'load');
    code.outputs = [{ output_type: 'stream', name: 'stdout', text: 'x' }];
    code.execution_count = 7;
    code.metadata['execution'] = { started: 'now' };

    expect(cell(file, 'parameters').source).toBe(
      'data_folder = "/home/ann \\"b\\"/versions/3/data"\nlength = 12'
    );
    expect(originOf(file.metadata)).toEqual(ORIGIN);
    expect(sent(file)).toEqual(kept);
  });

  it('keeps another place for the data that a person has named', () => {
    expect(relocated('data_folder = "mine"', 'data', '/x')).toBe(
      'data_folder = "mine"'
    );
    expect(relocated('data_folder = "data"', 'data', null)).toBe(
      'data_folder = "data"'
    );
    expect(relocated('data_folder = "data"', 'data', '/$&/$1')).toBe(
      'data_folder = "/$&/$1"'
    );
  });

  it('is the same whatever the order of its metadata, and another one by a single letter', () => {
    const [one, other] = [notebook({ load: 'a' }), notebook({ load: 'a' })];
    cell(one, 'load').metadata['dashwright'] = { widget: 'w', more: 1 };
    cell(other, 'load').metadata['dashwright'] = { more: 1, widget: 'w' };

    expect(isSame(one, other)).toBe(true);
    expect(isSame(one, notebook({ load: 'b' }))).toBe(false);
  });

  it.each([
    ['nothing', undefined],
    ['no object', { dashwright: 'sales' }],
    ['no tag', { dashwright: { dashboard: 'sales', version: 1 } }],
    ['a version that is no number', { dashwright: { ...ORIGIN, version: '1' } }]
  ])('is ordinary where its metadata says %s', (_, metadata) => {
    expect(originOf(metadata)).toBeNull();
  });
});
