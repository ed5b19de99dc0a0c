// The link between a notebook that is open in JupyterLab and the draft on the server. The file is written first, as for
// any notebook; then the draft is saved. Nothing is overwritten that this window has not seen.
import type { DocumentRegistry } from '@jupyterlab/docregistry';
import type { INotebookContent } from '@jupyterlab/nbformat';
import type { INotebookModel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';

import { ApiError } from '../api/errors';
import type { Draft } from '../api/nouns';
import type { Model } from '../model/model';
import { isUsable } from '../model/server';
import type { Drafts } from './drafts';
import {
  type IOrigin,
  isSame,
  originOf,
  OWN,
  received,
  sent,
  sources
} from './notebook';
import { type Standing, standingOf } from './standing';
import { explanation } from './words';
import { write } from './writing';

export type Context = DocumentRegistry.IContext<INotebookModel>;

/** Milliseconds until a save is tried again that the server did not answer. */
const PATIENCE = [5_000, 15_000, 60_000];

export class DraftLink implements IDisposable {
  constructor(
    readonly context: Context,
    readonly drafts: Drafts,
    private readonly _model: Model,
    private readonly _trans: TranslationBundle,
    private _origin: IOrigin
  ) {
    context.saveState.connect(this._onSave, this);
    context.disposed.connect(this.dispose, this);
    _model.dashboardGone.connect(this._onGone, this);
    _model.dashboardChanged.connect(this._onDashboard, this);
    _model.serverChanged.connect(this._onServer, this);
  }

  standing: Standing = { kind: 'opening' };

  /** As the server last told it. */
  draft: Draft | null = null;

  /** The source of each cell as it was generated. */
  generated: ReadonlyMap<string, string> = new Map();

  /** Titles of widgets by their ids. */
  titles: ReadonlyMap<string, string> = new Map();

  isDisposed = false;

  get slug(): string {
    return this._origin.dashboard;
  }

  get origin(): IOrigin {
    return this._origin;
  }

  /** What would be saved now. */
  get content(): INotebookContent {
    return sent(this.context.model.toJSON() as INotebookContent);
  }

  /** As the server had it when both were the same; null: nobody knows. */
  get base(): INotebookContent | null {
    return this._base;
  }

  /** Whether there are edits that are not in the file yet. Lab also writes what it knows of the kernel. */
  get isEdited(): boolean {
    const isSaved =
      !this.context.model.dirty ||
      (this._base !== null && isSame(this._base, this.content));
    return !isSaved;
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** The draft was saved from here, or brought here. */
  get saved(): ISignal<this, void> {
    return this._saved;
  }

  /** Compare with the server, and send or bring what is missing. One after the other. */
  check(): Promise<void> {
    return this._queue(() => this._check());
  }

  /** Write the file and save the draft. Rejects where the draft is not saved. */
  async keep(): Promise<void> {
    if (this.context.model.dirty) {
      await this.context.save();
    }
    await this._queue(() => this._send());
    const { standing } = this;
    if (standing.kind === 'waiting' || standing.kind === 'refused') {
      throw standing.error;
    }
    if (standing.kind === 'parted' || standing.kind === 'gone') {
      throw new Error(explanation(standing, null, this._trans)[0]);
    }
  }

  /** Let the notebook be this, which contains all of the draft that has that tag, and save it. */
  async put(
    notebook: INotebookContent,
    theirs: INotebookContent,
    tag: string
  ): Promise<void> {
    this._agree(tag, theirs);
    write(this.context.model, received(notebook, this._origin));
    this._become({ kind: 'sent' });
    await this.context.save();
    await this._queue(() => this._send());
  }

  /** Save the notebook over what was saved elsewhere, which stays among the draft's saves. */
  async insist(theirs: INotebookContent, tag: string): Promise<void> {
    this._agree(tag, theirs);
    this._become({ kind: 'sent' });
    await this.keep();
  }

  /** What the server answered to something done with the draft there: bring it here. */
  async bring(): Promise<void> {
    await this._queue(() => this._check());
  }

  dispose(): void {
    if (!this.isDisposed) {
      this.isDisposed = true;
      window.clearTimeout(this._timer);
      this._changed.emit();
      Signal.clearData(this);
    }
  }

  private async _check(): Promise<void> {
    try {
      const { value: theirs, etag } = await this.drafts.notebook();
      await this._compare(theirs, etag);
      await this._learn((await this.drafts.show()).value);
    } catch (reason) {
      this._fail(reason);
    }
  }

  private async _compare(theirs: INotebookContent, tag: string): Promise<void> {
    const mine = this.content;
    if (isSame(mine, theirs)) {
      this._agree(tag, theirs);
      this._become({ kind: 'sent' });
      return;
    }
    const isKnown = tag === this._origin.tag;
    this._base = isKnown
      ? theirs
      : (this._base ?? (await this.drafts.then(this._origin.tag)));
    if (this._base && isSame(this._base, mine)) {
      await this._receive(theirs, tag);
    } else if (this._base && isSame(this._base, theirs)) {
      this._agree(tag, theirs);
      this._become({ kind: 'sent' });
      if (!this.context.model.dirty) {
        await this._send();
      }
    } else if (await this._wasSent(mine)) {
      await this._receive(theirs, tag);
    } else {
      const by = (await this.drafts.show()).value.saved_by;
      this._become({ kind: 'parted', theirs, tag, by });
    }
  }

  /** Whether this was saved as the draft's next save, though the window ended before the file could say so. */
  private async _wasSent(mine: INotebookContent): Promise<boolean> {
    const revision = /d(\d+)/.exec(this._origin.tag)?.[1];
    const next =
      revision && (await this.drafts.then(`d${Number(revision) + 1}`));
    return !!next && isSame(next, mine);
  }

  private async _send(depth = 0): Promise<void> {
    if (this.standing.kind === 'parted' || this.standing.kind === 'gone') {
      return;
    }
    const mine = this.content;
    if (this._base && isSame(this._base, mine)) {
      this._become({ kind: 'sent' });
      return;
    }
    this._become({ kind: 'sending' });
    try {
      const { value, etag } = await this.drafts.save(mine, this._origin.tag);
      this._agree(etag, mine);
      this._become({ kind: 'sent' });
      this._saved.emit();
      await this._learn(value);
    } catch (reason) {
      if (reason instanceof ApiError && reason.status === 412 && depth === 0) {
        const { value, etag } = await this.drafts.notebook();
        await this._compare(value, etag);
      } else {
        this._fail(reason);
      }
    }
  }

  private async _receive(theirs: INotebookContent, tag: string): Promise<void> {
    this._agree(tag, theirs);
    write(this.context.model, received(theirs, this._origin));
    this._become({ kind: 'sent' });
    await this.context.save();
    this._saved.emit();
  }

  private async _learn(draft: Draft): Promise<void> {
    const isOther = draft.based_on !== this._origin.version;
    this.draft = draft;
    if (this.generated.size === 0 || isOther) {
      this.generated = sources(await this.drafts.generated());
      this.titles = await this.drafts.titles().catch(() => new Map());
    }
    if (isOther || this._origin.data === null) {
      await this._move(draft.based_on);
    }
    this._changed.emit();
  }

  /** The draft runs on other data: the notebook's parameters say where it is. */
  private async _move(version: number): Promise<void> {
    if (this.isEdited) {
      return;
    }
    const data = await this.drafts.data();
    const content = this.content;
    this._origin = { ...this._origin, version, data };
    write(this.context.model, received(content, this._origin));
    await this.context.save();
  }

  private _agree(tag: string, content: INotebookContent): void {
    this._origin = { ...this._origin, tag };
    this._base = content;
  }

  private _become(standing: Standing): void {
    window.clearTimeout(this._timer);
    this._tries = standing.kind === 'waiting' ? this._tries + 1 : 0;
    this.standing = standing;
    if (standing.kind === 'waiting') {
      const last = PATIENCE[PATIENCE.length - 1];
      this._timer = window.setTimeout(
        () => void this.check(),
        PATIENCE[this._tries - 1] ?? last
      );
    }
    this._changed.emit();
  }

  private _fail(reason: unknown): void {
    if (!this.isDisposed) {
      this._become(standingOf(reason));
    }
  }

  private _queue(act: () => Promise<void>): Promise<void> {
    const done = this._last.then(() => (this.isDisposed ? undefined : act()));
    this._last = done.catch((reason: unknown) => {
      this._fail(reason);
    });
    return this._last;
  }

  private _onSave(_: unknown, state: DocumentRegistry.SaveState): void {
    if (state === 'started') {
      const before = originOf(this.context.model.metadata);
      if (JSON.stringify(before) !== JSON.stringify(this._origin)) {
        this.context.model.setMetadata(OWN, { ...this._origin });
      }
    } else if (state === 'completed') {
      void this._queue(() => this._send());
    }
  }

  private _onGone(_: unknown, slug: string): void {
    if (slug === this.slug) {
      this._become({ kind: 'gone' });
    }
  }

  /** Another version may be published by now. */
  private _onDashboard(_: unknown, { slug }: { slug: string }): void {
    if (slug === this.slug && this.standing.kind !== 'opening') {
      void this.check();
    }
  }

  private _onServer(): void {
    if (this.standing.kind === 'waiting' && isUsable(this._model.server)) {
      void this.check();
    }
  }

  private _base: INotebookContent | null = null;
  private _last: Promise<void> = Promise.resolve();
  private _timer = 0;
  private _tries = 0;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _saved = new Signal<this, void>(this);
}
