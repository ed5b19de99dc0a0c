// Merging by cells where the draft was saved elsewhere while somebody edited it here. What the plan changes is merged
// by the server, line by line; this is for two tabs, or two people, of one draft. Pure.
import type { ICell, INotebookContent } from '@jupyterlab/nbformat';

import type { Conflict } from '../../api/nouns';
import { idOf, sourceOf, widgetOf } from '../notebook';

export interface IMerged {
  /** With the person's own cell wherever there is a conflict. */
  notebook: INotebookContent;
  conflicts: Conflict[];
}

/** Three notebooks, each as the server keeps it, become one. Cells keep the order of `mine`. */
export function merged(
  base: INotebookContent,
  mine: INotebookContent,
  theirs: INotebookContent
): IMerged {
  const [before, here, there] = [base, mine, theirs].map(
    one => new Map(one.cells.map(cell => [idOf(cell), cell]))
  ) as [Cells, Cells, Cells];
  const conflicts: Conflict[] = [];
  const result: ICell[] = [];
  for (const [id, cell] of here) {
    const kept = chosen(before.get(id), cell, there.get(id));
    if (kept === 'both') {
      conflicts.push(conflict(id, before.get(id), cell, there.get(id)));
    }
    if (kept !== null) {
      result.push(kept === 'both' ? cell : kept);
    }
  }
  for (const [id, cell] of there) {
    if (here.has(id)) {
      continue;
    }
    const old = before.get(id);
    if (old === undefined) {
      insert(result, cell, theirs.cells);
    } else if (isChanged(old, cell)) {
      conflicts.push(conflict(id, old, undefined, cell));
    }
  }
  return { notebook: { ...mine, cells: result }, conflicts };
}

/** The notebook after decisions: for each cell its source, or null where it goes. */
export function decided(
  notebook: INotebookContent,
  theirs: INotebookContent,
  decisions: ReadonlyMap<string, string | null>
): INotebookContent {
  const cells = notebook.cells.flatMap(cell => {
    const source = decisions.get(idOf(cell));
    if (source === undefined) {
      return [cell];
    }
    return source === null ? [] : [{ ...cell, source }];
  });
  const there = new Set(cells.map(idOf));
  for (const cell of theirs.cells) {
    const source = decisions.get(idOf(cell));
    if (typeof source === 'string' && !there.has(idOf(cell))) {
      insert(cells, { ...cell, source }, theirs.cells);
    }
  }
  return { ...notebook, cells };
}

type Cells = Map<string, ICell>;

/** Null: it goes. */
function chosen(
  old: ICell | undefined,
  mine: ICell,
  theirs: ICell | undefined
): ICell | 'both' | null {
  if (theirs === undefined) {
    // Without an old one it is new here; else they removed it.
    return old === undefined ? mine : isChanged(old, mine) ? 'both' : null;
  }
  if (!isChanged(mine, theirs)) {
    return mine;
  }
  if (old !== undefined && !isChanged(old, mine)) {
    return theirs;
  }
  return old !== undefined && !isChanged(old, theirs) ? mine : 'both';
}

function isChanged(one: ICell, other: ICell): boolean {
  return one.cell_type !== other.cell_type || sourceOf(one) !== sourceOf(other);
}

function conflict(
  cell: string,
  base: ICell | undefined,
  mine: ICell | undefined,
  theirs: ICell | undefined
): Conflict {
  const [before, here, there] = [base, mine, theirs].map(one =>
    one ? sourceOf(one) : null
  );
  return {
    cell,
    widget: widgetOf((mine ?? theirs)?.metadata),
    base: before ?? null,
    mine: here ?? null,
    theirs: there ?? null,
    decision: null,
    text: null
  };
}

/** After the last cell there that comes before it in `order`. */
function insert(cells: ICell[], cell: ICell, order: readonly ICell[]): void {
  const ids = order.map(idOf);
  const earlier = new Set(ids.slice(0, ids.indexOf(idOf(cell))));
  const at = cells.reduce(
    (last, one, place) => (earlier.has(idOf(one)) ? place + 1 : last),
    0
  );
  cells.splice(at, 0, cell);
}
