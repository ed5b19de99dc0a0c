// What there is to decide about a draft: between two tabs or people, or between a person and a changed plan.
import { Notification } from '@jupyterlab/apputils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { TranslationBundle } from '@jupyterlab/translation';

import type { Conflict, Resolution } from '../../api/nouns';
import type { Files } from '../files';
import type { DraftLink } from '../link';
import { sent } from '../notebook';
import type { Standing } from '../standing';
import type { IMerge } from './choices';
import { decided, merged } from './threeway';

/** Two tabs, or two people, have saved the draft. Null: they changed different cells, and both are in it now. */
export async function parted(
  link: DraftLink,
  standing: Standing & { kind: 'parted' },
  files: Files,
  trans: TranslationBundle
): Promise<IMerge | null> {
  const { tag } = standing;
  const [mine, theirs] = [link.content, sent(standing.theirs)];
  const base = sent(link.base ?? { ...theirs, cells: [] });
  const { notebook, conflicts } = merged(base, mine, theirs);
  if (conflicts.length === 0) {
    await link.put(notebook, theirs, tag);
    return null;
  }
  return {
    conflicts,
    sides: {
      base: trans.__('As it was'),
      mine: trans.__('Here'),
      theirs: standing.by ?? trans.__('Elsewhere')
    },
    name: naming(link, trans),
    apply: async resolutions => {
      const now = link.content;
      if (resolutions.some(({ take }) => take !== 'mine')) {
        const path = await keepCopy(link, now, files);
        Notification.info(
          trans.__('The notebook as it was here is kept as "%1".', path),
          { autoClose: 10_000 }
        );
      }
      const sources = new Map(
        resolutions.map(one => [one.cell, sourceOf(one, conflicts)])
      );
      // What was typed here meanwhile is kept.
      const latest = merged(base, now, theirs).notebook;
      await link.put(decided(latest, theirs, sources), theirs, tag);
    }
  };
}

/** A person and a changed plan have changed the same cells. Null: they have not, and the draft is merged. */
export async function amended(
  link: DraftLink,
  trans: TranslationBundle
): Promise<IMerge | null> {
  await link.keep();
  const { value: draft, etag: before } = await link.drafts.show();
  if (draft.is_stale && draft.conflicts === 0) {
    await link.drafts.merge(before);
  }
  await link.bring();
  const { value: conflicts, etag } = await link.drafts.conflicts();
  if (conflicts.length === 0) {
    return null;
  }
  return {
    conflicts,
    sides: {
      base: trans.__('As generated before'),
      mine: trans.__('Yours'),
      theirs: trans.__('As generated now')
    },
    name: naming(link, trans),
    apply: async resolutions => {
      await link.drafts.resolve(resolutions, etag);
      await link.bring();
    }
  };
}

function naming(
  link: DraftLink,
  trans: TranslationBundle
): (conflict: Conflict) => string {
  return ({ cell, widget }) =>
    widget === null
      ? trans.__('Cell: %1', cell)
      : trans.__('Widget: %1', link.titles.get(widget) ?? widget);
}

function sourceOf(
  { cell, take, text }: Resolution,
  conflicts: readonly Conflict[]
): string | null {
  if (take === 'text') {
    return text;
  }
  return conflicts.find(one => one.cell === cell)?.[take] ?? null;
}

/** The notebook as it was here, as an ordinary one beside it. */
async function keepCopy(
  { context }: DraftLink,
  notebook: INotebookContent,
  files: Files
): Promise<string> {
  const stem = context.path.replace(/\.ipynb$/, '');
  return files.write(`${stem}-mine.ipynb`, notebook);
}
