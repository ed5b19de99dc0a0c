// A draft's notebook in two places: as the server keeps it, and as a file in JupyterLab. Pure.
import type { ICell, INotebookContent } from '@jupyterlab/nbformat';
import type {
  PartialJSONObject,
  ReadonlyPartialJSONValue
} from '@lumino/coreutils';

/** What the metadata of a file says about where it comes from, under `dashwright`. */
export interface IOrigin {
  /** The dashboard's slug. */
  dashboard: string;
  /** The version that the draft is based on. */
  version: number;
  /** The ETag of the draft as it was when the file was last in step with it. */
  tag: string;
  /** Where this machine has the data, which the server's notebook calls "data". */
  data: string | null;
}

export const OWN = 'dashwright';
const IN_JOB = 'data';
/** Metadata of a cell that belongs to a run. The server drops it, too. */
const OF_A_RUN = ['execution', 'papermill', 'collapsed', 'trusted'];

/** Null: it is no notebook of Dashwright's. */
export function originOf(metadata: unknown): IOrigin | null {
  const own = (metadata as Record<string, unknown> | null | undefined)?.[OWN];
  if (typeof own !== 'object' || own === null) {
    return null;
  }
  const { dashboard, version, tag, data } = own as Record<string, unknown>;
  return typeof dashboard === 'string' &&
    typeof version === 'number' &&
    typeof tag === 'string'
    ? {
        dashboard,
        version,
        tag,
        data: typeof data === 'string' ? data : null
      }
    : null;
}

/** As the server keeps it: without outputs, without where it comes from, its data where a job has it. */
export function sent(content: INotebookContent): INotebookContent {
  const data = originOf(content.metadata)?.data ?? null;
  return {
    ...content,
    metadata: without(content.metadata, [OWN, 'widgets']),
    cells: content.cells.map(cell => plain(moved(cell, data, IN_JOB)))
  };
}

/** As the file has it: it says where it comes from, and finds its data from anywhere. */
export function received(
  content: INotebookContent,
  origin: IOrigin
): INotebookContent {
  return {
    ...content,
    metadata: {
      ...content.metadata,
      [OWN]: { ...origin }
    },
    cells: content.cells.map(cell => moved(cell, IN_JOB, origin.data))
  };
}

/** Whether two notebooks do the same, wherever they are. */
export function isSame(
  one: INotebookContent,
  other: INotebookContent
): boolean {
  return trace(one) === trace(other);
}

/** The source of each cell by its id, as the server has it. */
export function sources(content: INotebookContent): Map<string, string> {
  return new Map(sent(content).cells.map(cell => [idOf(cell), sourceOf(cell)]));
}

export function idOf(cell: ICell): string {
  return typeof cell.id === 'string' ? cell.id : '';
}

export function sourceOf(cell: ICell): string {
  return Array.isArray(cell.source) ? cell.source.join('') : cell.source;
}

/** The widget of the plan that a cell draws. */
export function widgetOf(metadata: unknown): string | null {
  const own = (metadata as Record<string, unknown> | undefined)?.[OWN];
  const widget = (own as Record<string, unknown> | undefined)?.['widget'];
  return typeof widget === 'string' ? widget : null;
}

/** A source of the parameters cell with its data elsewhere; unchanged where a person named another place. */
export function relocated(
  source: string,
  from: string | null,
  to: string | null
): string {
  return from === null || to === null
    ? source
    : source.replace(/^data_folder = .*$/m, line =>
        line === assigned(from) ? assigned(to) : line
      );
}

function assigned(folder: string): string {
  // A JSON text is a Python literal of the same text.
  return `data_folder = ${JSON.stringify(folder)}`;
}

function moved(cell: ICell, from: string | null, to: string | null): ICell {
  const tags: unknown = cell.metadata.tags;
  const isMeant = Array.isArray(tags) && tags.includes('parameters');
  return isMeant
    ? { ...cell, source: relocated(sourceOf(cell), from, to) }
    : cell;
}

function plain(cell: ICell): ICell {
  const bare = {
    ...cell,
    metadata: without(cell.metadata, OF_A_RUN) as ICell['metadata'],
    source: sourceOf(cell)
  };
  return cell.cell_type === 'code'
    ? { ...bare, outputs: [], execution_count: null }
    : bare;
}

function without(
  metadata: PartialJSONObject,
  names: readonly string[]
): PartialJSONObject {
  return Object.fromEntries(
    Object.entries(metadata).filter(([name]) => !names.includes(name))
  );
}

function trace(content: INotebookContent): string {
  return JSON.stringify(
    sent(content).cells.map(cell => [
      idOf(cell),
      cell.cell_type,
      sourceOf(cell),
      ordered(cell.metadata as ReadonlyPartialJSONValue)
    ])
  );
}

/** The same value with its names in order, as two places write them differently. */
function ordered(value: ReadonlyPartialJSONValue | undefined): unknown {
  if (Array.isArray(value)) {
    return value.map(item => ordered(item as ReadonlyPartialJSONValue));
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  return Object.entries(value)
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, item]) => [name, ordered(item)]);
}
