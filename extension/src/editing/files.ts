// Where the notebook of a dashboard is among JupyterLab's files. It may be renamed and moved: its metadata says whose it is.
import { PathExt } from '@jupyterlab/coreutils';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { Contents } from '@jupyterlab/services';
import type { IStateDB } from '@jupyterlab/statedb';

import { originOf } from './notebook';

const PATHS = 'dashwright:notebooks';
/** Notebooks that are looked into when one is not where it was. */
const MOST_SEARCHED = 60;

export class Files {
  /** `state`: remembers where notebooks are; without it they are searched for. */
  constructor(
    private readonly _contents: Contents.IManager,
    private readonly _state: IStateDB | null,
    private readonly _folder: () => string
  ) {
    _contents.fileChanged.connect(this._onChange, this);
  }

  /** The path of a dashboard's notebook; null: there is none, or not where anybody would look. */
  async find(slug: string): Promise<string | null> {
    const known = (await this._paths())[slug];
    const folder = this._folder();
    const usual = PathExt.join(folder, `${slug}.ipynb`);
    const seen = new Set<string>();
    for (const path of [known, usual]) {
      if (path !== undefined && !seen.has(path)) {
        seen.add(path);
        if (await this._isOf(path, slug)) {
          return path;
        }
      }
    }
    const places = new Set([folder, known ? PathExt.dirname(known) : '', '']);
    for (const path of await this._near(places)) {
      if (!seen.has(path) && (await this._isOf(path, slug))) {
        await this.remember(slug, path);
        return path;
      }
    }
    return null;
  }

  /** Write a new file, beside whatever has its name. */
  async create(name: string, content: INotebookContent): Promise<string> {
    const folder = this._folder();
    await this._make(folder);
    return this.write(PathExt.join(folder, `${name}.ipynb`), content);
  }

  /** Write a notebook under this path, or the next one that is free. */
  async write(wish: string, content: INotebookContent): Promise<string> {
    const stem = wish.slice(0, -'.ipynb'.length);
    let path = wish;
    for (let number = 1; await this._exists(path); number++) {
      path = `${stem}-${number}.ipynb`;
    }
    await this._contents.save(path, {
      type: 'notebook',
      format: 'json',
      content
    });
    return path;
  }

  async remember(slug: string, path: string): Promise<void> {
    const paths = await this._paths();
    if (paths[slug] !== path) {
      await this._state?.save(PATHS, { ...paths, [slug]: path });
    }
  }

  private async _paths(): Promise<Record<string, string>> {
    const kept = await this._state?.fetch(PATHS);
    return typeof kept === 'object' ? (kept as Record<string, string>) : {};
  }

  private async _isOf(path: string, slug: string): Promise<boolean> {
    if (!(await this._exists(path))) {
      return false;
    }
    try {
      const { content } = (await this._contents.get(path)) as {
        content: Partial<INotebookContent> | null;
      };
      return originOf(content?.metadata)?.dashboard === slug;
    } catch {
      return false;
    }
  }

  /** Notebooks in some folders, those first that were changed last. */
  private async _near(folders: ReadonlySet<string>): Promise<string[]> {
    const listed = await Promise.all(
      [...folders].map(folder => this._list(folder).catch(() => []))
    );
    return listed
      .flat()
      .filter(({ type }) => type === 'notebook')
      .sort((one, other) => (one.last_modified < other.last_modified ? 1 : -1))
      .slice(0, MOST_SEARCHED)
      .map(({ path }) => path);
  }

  private async _exists(path: string): Promise<boolean> {
    const there = await this._list(PathExt.dirname(path));
    return there.some(one => one.path === path);
  }

  /** What is in a folder; nothing where there is no such folder. Asked from the top, as a miss is an error to a browser. */
  private async _list(folder: string): Promise<Contents.IModel[]> {
    const inside = async (path: string): Promise<Contents.IModel[]> => {
      const found: unknown = (await this._contents.get(path)).content;
      return Array.isArray(found) ? (found as Contents.IModel[]) : [];
    };
    const drive = this._contents.driveName(folder);
    let path = drive && `${drive}:`;
    let there = await inside(path);
    for (const part of folder.slice(path.length).split('/').filter(Boolean)) {
      path = PathExt.join(path, part);
      const next = there.find(one => one.path === path);
      if (next?.type !== 'directory') {
        return [];
      }
      there = await inside(path);
    }
    return there;
  }

  private async _make(folder: string): Promise<void> {
    const parts = folder.split('/').filter(Boolean);
    for (const place of parts.keys()) {
      const path = parts.slice(0, place + 1).join('/');
      if (!(await this._exists(path))) {
        await this._contents.save(path, { type: 'directory' });
      }
    }
  }

  private _onChange(_: unknown, change: Contents.IChangedArgs): void {
    const [from, to] = [change.oldValue?.path, change.newValue?.path];
    if (change.type !== 'rename' || from === undefined || to === undefined) {
      return;
    }
    void this._paths().then(async paths => {
      const moved = Object.entries(paths).map(([slug, path]) => [
        slug,
        path === from || path.startsWith(`${from}/`)
          ? to + path.slice(from.length)
          : path
      ]);
      await this._state?.save(
        PATHS,
        Object.fromEntries(moved) as Record<string, string>
      );
    });
  }
}
