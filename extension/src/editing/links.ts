// The notebooks of dashboards that are open in this window, each with its draft.
import type { INotebookTracker, NotebookPanel } from '@jupyterlab/notebook';
import { type ISignal, Signal } from '@lumino/signaling';

import type { IDashwright } from '../tokens';
import { Drafts } from './drafts';
import type { Files } from './files';
import { type Context, DraftLink } from './link';
import { originOf } from './notebook';
import { Trial } from './trial';

export interface IEdited {
  readonly link: DraftLink;
  readonly trial: Trial;
}

/** Milliseconds in which a draft is not compared again when somebody comes back to it. */
const FRESH = 10_000;
/** Milliseconds after a key before it is told that something is edited. */
const PAUSE = 300;

export class Links {
  constructor(
    private readonly _tracker: INotebookTracker,
    private readonly _dashwright: IDashwright,
    private readonly _files: Files
  ) {
    _tracker.forEach(panel => void this._attach(panel));
    _tracker.widgetAdded.connect((_, panel) => void this._attach(panel));
    _tracker.currentChanged.connect((_, panel) => {
      this._meet(panel);
    });
    document.addEventListener('visibilitychange', () => {
      if (document.visibilityState === 'visible') {
        this._meet(_tracker.currentWidget);
      }
    });
  }

  /** A notebook of a dashboard was opened. */
  get added(): ISignal<this, { panel: NotebookPanel; edited: IEdited }> {
    return this._added;
  }

  /** Something that one of them shows has changed. */
  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Null: it is an ordinary notebook. */
  of(panel: NotebookPanel | null): IEdited | null {
    return (panel && this._all.get(panel.context)) ?? null;
  }

  /** Of the notebook that somebody works with. */
  get current(): IEdited | null {
    return this.of(this._tracker.currentWidget);
  }

  /** The open notebook of a dashboard. */
  panel(slug: string): NotebookPanel | null {
    const found = this._tracker.find(
      panel => this.of(panel)?.link.slug === slug
    );
    return found ?? null;
  }

  /** Once it is known whether it is a dashboard's. */
  async ready(panel: NotebookPanel): Promise<IEdited | null> {
    await this._attach(panel);
    return this.of(panel);
  }

  private async _attach(panel: NotebookPanel): Promise<void> {
    const { context } = panel;
    await context.ready;
    const origin = originOf(context.model.metadata);
    if (!origin || panel.isDisposed || this._shown.has(panel)) {
      return;
    }
    this._shown.add(panel);
    const edited = this._all.get(context) ?? this._begin(context);
    this._added.emit({ panel, edited });
    this._meet(panel);
    this._changed.emit();
  }

  private _begin(context: Context): IEdited {
    const origin = originOf(context.model.metadata);
    if (!origin) {
      throw new Error('The notebook is not of a dashboard.');
    }
    const { model, trans } = this._dashwright;
    const drafts = new Drafts(model.client, origin.dashboard);
    const link = new DraftLink(context, drafts, model, trans, origin);
    const edited = { link, trial: new Trial(link, model) };
    this._all.set(context, edited);
    const tell = (): void => {
      this._changed.emit();
    };
    link.changed.connect(tell);
    edited.trial.changed.connect(tell);
    context.model.stateChanged.connect(tell);
    let timer = 0;
    context.model.contentChanged.connect(() => {
      window.clearTimeout(timer);
      timer = window.setTimeout(tell, PAUSE);
    });
    context.disposed.connect(() => this._all.delete(context));
    context.pathChanged.connect((_, path) => {
      void this._files.remember(link.slug, path);
    });
    void this._files.remember(link.slug, context.path);
    model.start();
    return edited;
  }

  /** Somebody comes back to a notebook: another tab, or person, may have saved its draft. */
  private _meet(panel: NotebookPanel | null): void {
    const edited = this.of(panel);
    this._changed.emit();
    if (!edited) {
      return;
    }
    const { link } = edited;
    this._dashwright.current.slug = link.slug;
    const now = Date.now();
    if (now - (this._met.get(link) ?? 0) > FRESH) {
      this._met.set(link, now);
      void link.check();
    }
  }

  private readonly _all = new Map<Context, IEdited>();
  private readonly _shown = new WeakSet<NotebookPanel>();
  private readonly _met = new WeakMap<DraftLink, number>();
  private readonly _added = new Signal<
    this,
    { panel: NotebookPanel; edited: IEdited }
  >(this);
  private readonly _changed = new Signal<this, void>(this);
}
