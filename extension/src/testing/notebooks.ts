// Notebooks as the server sends them.
import type { INotebookContent } from '@jupyterlab/nbformat';

/** With a parameters cell, and a code cell for each of these. */
export function notebook(cells: Record<string, string>): INotebookContent {
  const code = (id: string, source: string, tags: string[] = []): object => ({
    id,
    cell_type: 'code',
    metadata: tags.length > 0 ? { tags } : {},
    source,
    outputs: [],
    execution_count: null
  });
  return {
    nbformat: 4,
    nbformat_minor: 5,
    metadata: {
      kernelspec: { name: 'dashwright', display_name: 'Dashwright' },
      language_info: { name: 'python' }
    },
    cells: [
      code('parameters', 'data_folder = "data"\nlength = 12', ['parameters']),
      ...Object.entries(cells).map(([id, source]) => code(id, source))
    ]
  } as unknown as INotebookContent;
}
