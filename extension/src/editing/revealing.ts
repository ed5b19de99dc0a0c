// Going to a cell of an open notebook.
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { JupyterFrontEnd } from '@jupyterlab/application';

/** Show a cell, and choose one of its lines, from 1. False: it is not there any more. */
export async function reveal(
  shell: JupyterFrontEnd.IShell,
  panel: NotebookPanel,
  id: string,
  line: number | null
): Promise<boolean> {
  const { content } = panel;
  const index = content.widgets.findIndex(cell => cell.model.id === id);
  const cell = content.widgets[index];
  if (!cell) {
    return false;
  }
  shell.activateById(panel.id);
  content.activeCellIndex = index;
  content.deselectAll();
  await content.scrollToItem(index, 'smart');
  await cell.ready;
  cell.inputHidden = false;
  panel.node.querySelectorAll('[data-dw-failed]').forEach(node => {
    node.removeAttribute('data-dw-failed');
  });
  cell.node.dataset['dwFailed'] = '';
  const { editor } = cell;
  if (editor && line !== null && line <= editor.lineCount) {
    const text = editor.getLine(line - 1) ?? '';
    editor.setSelection({
      start: { line: line - 1, column: 0 },
      end: { line: line - 1, column: text.length }
    });
    editor.revealPosition({ line: line - 1, column: 0 });
    content.mode = 'edit';
  }
  return true;
}
