// The work of taking a dashboard home: into the browser's downloads, or into a folder of JupyterLab.
import { PathExt } from '@jupyterlab/coreutils';
import { type Contents, ServerConnection } from '@jupyterlab/services';
import type { TranslationBundle } from '@jupyterlab/translation';

import { take } from '../api/client';
import type { Dashboard, ExportFormat } from '../api/nouns';
import type { Model } from '../model/model';
import { Work } from '../working/work';
import { formats, nameIn, numbered } from './formats';

export class Exporting extends Work {
  constructor(
    model: Model,
    slug: string,
    private readonly _contents: Contents.IManager,
    private readonly _trans: TranslationBundle
  ) {
    super(model, slug);
  }

  dashboard: Dashboard | null = null;
  format: ExportFormat = 'ipynb';
  target: 'download' | 'folder' = 'download';

  /** Of JupyterLab; nothing: the one that it was started in. */
  folder = '';

  /** What is wrong with the folder. */
  folderFault: string | undefined;

  /** Where the last file went. */
  saved: string | null = null;

  choose(
    change: Partial<Pick<Exporting, 'format' | 'target' | 'folder'>>
  ): void {
    Object.assign(this, change);
    this.folderFault = undefined;
    this.error = null;
    this.tell();
  }

  async load(): Promise<void> {
    await this.attempt(async () => {
      const path = { slug: this.slug };
      this.dashboard = await take(
        this.model.client.api.GET('/dashboards/{slug}', { params: { path } })
      );
    });
  }

  /** Fetch the file, and put it where it is wanted. */
  async export(): Promise<boolean> {
    const { format, target } = this;
    const folder = this.folder.trim().replace(/^\/+|\/+$/g, '');
    const isDone = await this.attempt(async () => {
      if (target === 'folder' && !(await this._isFolder(folder))) {
        this.folderFault = this._trans.__('There is no folder "%1".', folder);
        return;
      }
      const { client } = this.model;
      const slug = encodeURIComponent(this.slug);
      const answer = await client.send(
        `${client.base}/dashboards/${slug}/exports/${format}`
      );
      const { ending } = formats(this._trans)[format];
      const name =
        nameIn(answer.headers.get('Content-Disposition')) ??
        `${this.slug}.${ending}`;
      const content = await answer.blob();
      if (target === 'folder') {
        this.saved = await this._save(folder, name, content);
      } else {
        download(name, content);
      }
    });
    return isDone && this.folderFault === undefined;
  }

  private async _isFolder(path: string): Promise<boolean> {
    try {
      const { type } = await this._contents.get(path, { content: false });
      return type === 'directory';
    } catch (reason) {
      if (isMissing(reason)) {
        return false;
      }
      throw reason;
    }
  }

  /** Write it under a name that nothing has yet. Gives the path. */
  private async _save(
    folder: string,
    name: string,
    content: Blob
  ): Promise<string> {
    let count = 1;
    let path = PathExt.join(folder, name);
    while (await this._isThere(path)) {
      count += 1;
      path = PathExt.join(folder, numbered(name, count));
    }
    await this._contents.save(
      path,
      name.endsWith('.ipynb')
        ? {
            type: 'notebook',
            format: 'json',
            content: JSON.parse(await content.text())
          }
        : { type: 'file', format: 'base64', content: await base64(content) }
    );
    return path;
  }

  private async _isThere(path: string): Promise<boolean> {
    try {
      await this._contents.get(path, { content: false });
      return true;
    } catch (reason) {
      if (isMissing(reason)) {
        return false;
      }
      throw reason;
    }
  }
}

function isMissing(reason: unknown): boolean {
  return (
    reason instanceof ServerConnection.ResponseError &&
    reason.response.status === 404
  );
}

function download(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has taken it by then.
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, 60_000);
}

async function base64(content: Blob): Promise<string> {
  const url = await new Promise<string>((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => {
      resolve(reader.result as string);
    };
    reader.onerror = () => {
      reject(reader.error ?? new Error('The file could not be read.'));
    };
    reader.readAsDataURL(content);
  });
  return url.slice(url.indexOf(',') + 1);
}
