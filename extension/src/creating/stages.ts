// The ways between the stages of one new dashboard: question, search, and the job that makes it.
import type { CommandRegistry } from '@lumino/commands';
import type { IDisposable } from '@lumino/disposable';
import { type ISignal, Signal } from '@lumino/signaling';
import type { Contents } from '@jupyterlab/services';

import { take } from '../api/client';
import type { Job } from '../api/nouns';
import { CommandIDs } from '../ids';
import type { IDashwright } from '../tokens';
import { Following } from './following';
import { Form } from './form';
import {
  hasContent,
  type IQuestion,
  NO_QUESTION,
  type Notepad
} from './notepad';
import { pieceOf } from './piece';
import { Search } from './search';

export type Stage = 'question' | 'search' | 'job' | 'lost';

export interface IMeans {
  commands: CommandRegistry;
  dashwright: IDashwright;
  contents: Contents.IManager;
  notepad: Notepad;
  /** Has somebody choose files of JupyterLab; null where it has no file browser. */
  choosePaths: (() => Promise<string[]>) | null;
}

export class Stages implements IDisposable {
  constructor(
    readonly means: IMeans,
    /** Of the note in which the browser keeps what is typed. */
    readonly id: string
  ) {
    const { model, trans } = means.dashwright;
    this.form = new Form(model, means.contents, trans);
    this.search = new Search(model);
    const note = means.notepad.read(id);
    if (note) {
      this.form.restore(note.question);
    }
    if (typeof note?.job === 'string') {
      void this.follow(note.job);
    }
    this.form.changed.connect(this._keep, this);
    this.search.changed.connect(() => {
      this._changed.emit();
    });
    void this.form.learn();
    model.serverChanged.connect(this._onServer, this);
  }

  get changed(): ISignal<this, void> {
    return this._changed;
  }

  /** Emitted when somebody who looked on has the dashboard before them, and this is of no more use. */
  get done(): ISignal<this, void> {
    return this._done;
  }

  readonly form: Form;
  readonly search: Search;
  following: Following | null = null;
  stage: Stage = 'question';

  isDisposed = false;

  /** Whether a question is being put together here. */
  get isOpen(): boolean {
    const isAsking = this.stage === 'question' || this.stage === 'search';
    return isAsking && !this.form.sending;
  }

  /** Whether somebody looks. */
  get isWatched(): boolean {
    return this._isWatched;
  }

  set isWatched(isWatched: boolean) {
    this._isWatched = isWatched;
    if (this.following) {
      this.following.isWatched = isWatched;
    }
  }

  async create(): Promise<void> {
    const begun = await this.form.create();
    if (!begun) {
      return;
    }
    const { model } = this.means.dashwright;
    model.begin(begun.job, begun.dashboard);
    this.means.notepad.write(this.id, this.form.question, begun.job.id);
    this._watch(begun.job);
    // An answer to what was sent again tells how it was at first.
    void this.following?.read();
  }

  /** Look on while a job goes on that was begun before. */
  async follow(id: string): Promise<void> {
    const { model } = this.means.dashwright;
    this.lost = null;
    this._go('job');
    try {
      const path = { job_id: id };
      const job = await take(
        model.client.api.GET('/jobs/{job_id}', { params: { path } })
      );
      if (!this.isDisposed) {
        this._watch(job);
        await model.reload(job.slug);
      }
    } catch (reason) {
      if (!this.following) {
        this.lost = { id, error: reason as Error };
        this._go('lost');
      }
    }
  }

  /** A job that cannot be followed, and why. */
  lost: { id: string; error: Error } | null = null;

  find(): void {
    if (this.form.question.text.trim() === '') {
      void this.form.create(); // which says what is missing
      return;
    }
    this._go('search');
    void this.search.ask(this.form.question);
  }

  /** Go on with what was chosen; with nothing, Dashwright chooses. */
  choose(isByHand: boolean): void {
    const { pieces } = this.form;
    for (const { key, piece } of pieces.items) {
      if (piece.kind === 'source') {
        pieces.remove(key);
      }
    }
    if (isByHand) {
      pieces.add(...this.search.chosenOffers.map(pieceOf));
    }
    this.back();
  }

  /** To the question, with all that was typed. */
  back(): void {
    this.search.stop();
    const known = this.following && this._known(this.following.job.slug);
    this._leave();
    if (known && !hasContent(this.form.question)) {
      this.form.set(known);
    }
    this._go('question');
    this._keep();
  }

  /** To an empty form. */
  clear(): void {
    this._leave();
    this.form.restore(NO_QUESTION);
    this._go('question');
  }

  /** Show what was made: the notebook if it can be edited here, else the page. */
  async show(): Promise<void> {
    const { commands, dashwright } = this.means;
    const slug = this.following?.job.slug;
    if (slug === undefined) {
      return;
    }
    await dashwright.model.reload(slug);
    const id = [CommandIDs.editNotebook, CommandIDs.preview].find(
      one => commands.hasCommand(one) && commands.isEnabled(one, { slug })
    );
    if (id !== undefined) {
      await commands.execute(id, { slug });
      this.means.notepad.remove(this.id);
      this._done.emit();
    }
  }

  dispose(): void {
    this.isDisposed = true;
    this.search.stop();
    this.following?.dispose();
    this.form.dispose();
    Signal.clearData(this);
  }

  private _watch(job: Job): void {
    this.following?.dispose();
    const following = new Following(this.means.dashwright.model, job);
    following.isWatched = this._isWatched;
    following.changed.connect(this._onFollowing, this);
    following.over.connect(this._onOver, this);
    this.following = following;
    this._go('job');
  }

  private _onFollowing({ job }: Following): void {
    if (this.means.notepad.read(this.id)?.job !== job.id) {
      this.means.notepad.write(this.id, this.form.question, job.id);
    }
    this._changed.emit();
  }

  private _onOver(_: Following, job: Job): void {
    if (job.status === 'completed' && this._isWatched) {
      void this.show().catch(() => undefined); // what was made is offered here
    }
  }

  /** Ask again for what was not answered while the server was gone. */
  private _onServer(): void {
    const { model } = this.means.dashwright;
    if (model.server.kind === 'online' && this.form.sources.length === 0) {
      void this.form.learn();
    }
    this._changed.emit();
  }

  /** What is known of a question that was not asked in this browser. */
  private _known(slug: string): Pick<IQuestion, 'text' | 'title'> | null {
    const dashboard = this.means.dashwright.model.known(slug);
    return dashboard && { text: dashboard.question, title: dashboard.title };
  }

  private _keep(): void {
    if (this.stage === 'job' || this.stage === 'lost') {
      return;
    }
    const { question } = this.form;
    if (hasContent(question)) {
      this.means.notepad.write(this.id, question, null);
    } else {
      this.means.notepad.remove(this.id);
    }
  }

  private _leave(): void {
    this.following?.dispose();
    this.following = null;
    this.lost = null;
  }

  private _go(stage: Stage): void {
    this.stage = stage;
    this._changed.emit();
  }

  private _isWatched = false;
  private readonly _changed = new Signal<this, void>(this);
  private readonly _done = new Signal<this, void>(this);
}
