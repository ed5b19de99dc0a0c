// Opening a dashboard's notebook, and its page beside it.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { Notification } from '@jupyterlab/apputils';
import type { IDocumentManager } from '@jupyterlab/docmanager';
import type { NotebookPanel } from '@jupyterlab/notebook';

import type { Dashboard } from '../api/nouns';
import type { IDashwright } from '../tokens';
import { Beside } from './beside';
import { Drafts } from './drafts';
import type { Files } from './files';
import type { IEdited, Links } from './links';
import { received } from './notebook';
import { reveal } from './revealing';

/** Milliseconds after a save before its try begins: who saves twice waits for one. */
const PAUSE = 1_500;

export class Opening {
  constructor(
    private readonly _app: JupyterFrontEnd,
    private readonly _dashwright: IDashwright,
    private readonly _documents: IDocumentManager,
    private readonly _files: Files,
    private readonly _links: Links
  ) {}

  /** The open notebook of a dashboard: found where it is, or made. */
  async notebook(slug: string): Promise<NotebookPanel> {
    const open = this._links.panel(slug);
    if (open) {
      this._app.shell.activateById(open.id);
      return open;
    }
    const path = (await this._files.find(slug)) ?? (await this._make(slug));
    const opened = this._documents.openOrReveal(path, 'Notebook');
    if (!opened) {
      throw new Error(`"${path}" cannot be opened as a notebook.`);
    }
    const panel = opened as NotebookPanel;
    await this._links.ready(panel);
    return panel;
  }

  /** The page of its draft, to the right. */
  async beside({ slug, title }: Dashboard): Promise<IEdited | null> {
    const panel = await this.notebook(slug);
    const edited = this._links.of(panel);
    const there = this._besides.get(slug);
    if (!edited || (there && !there.isDisposed)) {
      return edited;
    }
    if (!this._dashwright.model.about) {
      await this._dashwright.model.ask();
    }
    const widget = new Beside(this._dashwright, edited, title, (cell, line) => {
      void this._reveal(slug, cell, line);
    });
    this._besides.set(slug, widget);
    this._renewOnSave(widget, edited);
    this._app.shell.add(widget, 'main', {
      ref: panel.id,
      mode: 'split-right',
      activate: false,
      type: 'Dashboard'
    });
    return edited;
  }

  private async _make(slug: string): Promise<string> {
    const drafts = new Drafts(this._dashwright.model.client, slug);
    const { value, etag } = await drafts.notebook();
    const { value: draft } = await drafts.show();
    const path = await this._files.create(
      slug,
      received(value, {
        dashboard: slug,
        version: draft.based_on,
        tag: etag,
        data: await drafts.data()
      })
    );
    await this._files.remember(slug, path);
    return path;
  }

  private async _reveal(
    slug: string,
    cell: string,
    line: number | null
  ): Promise<void> {
    const panel = await this.notebook(slug);
    if (!(await reveal(this._app.shell, panel, cell, line))) {
      const { trans } = this._dashwright;
      Notification.info(
        trans.__('The cell that failed is not in the notebook any more.')
      );
    }
  }

  private _renewOnSave(widget: Beside, { link, trial }: IEdited): void {
    let timer = 0;
    const renew = (): void => {
      window.clearTimeout(timer);
      const { settings } = this._dashwright;
      if (settings?.composite['previewOnSave'] !== false) {
        timer = window.setTimeout(() => void trial.again(), PAUSE);
      }
    };
    link.saved.connect(renew);
    widget.disposed.connect(() => {
      window.clearTimeout(timer);
      link.saved.disconnect(renew);
    });
    const { draft } = link;
    if (draft?.exists && draft.run_revision !== draft.revision) {
      renew();
    }
  }

  private readonly _besides = new Map<string, Beside>();
}
