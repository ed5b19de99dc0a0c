// Putting other content into an open notebook, with as little disturbance as possible.
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { INotebookModel } from '@jupyterlab/notebook';

import { idOf, sourceOf } from './notebook';

/** Outputs of cells that stay the same are kept, and so is the place where somebody reads. */
export function write(model: INotebookModel, content: INotebookContent): void {
  const shared = model.sharedModel;
  const isInPlace =
    shared.cells.length === content.cells.length &&
    content.cells.every(
      (cell, place) =>
        shared.cells[place]?.id === idOf(cell) &&
        shared.cells[place].cell_type === cell.cell_type
    );
  if (!isInPlace) {
    const before = new Map(
      (model.toJSON() as INotebookContent).cells.map(cell => [idOf(cell), cell])
    );
    const cells = content.cells.map(cell => {
      const old = before.get(idOf(cell));
      return old?.cell_type === 'code' && sourceOf(old) === sourceOf(cell)
        ? {
            ...cell,
            outputs: old.outputs,
            execution_count: old.execution_count
          }
        : cell;
    });
    model.fromJSON({ ...content, cells });
    return;
  }
  shared.transact(() => {
    content.cells.forEach((cell, place) => {
      const there = shared.cells[place];
      if (there && there.getSource() !== sourceOf(cell)) {
        there.setSource(sourceOf(cell));
      }
    });
  });
}
