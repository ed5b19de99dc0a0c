// Light marks at the cells of a dashboard's notebook: which are as generated, which are yours, and what they draw.
import type { NotebookPanel } from '@jupyterlab/notebook';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { IDisposable } from '@lumino/disposable';

import { ownerOf } from './cells';
import type { DraftLink } from './link';
import { relocated, widgetOf } from './notebook';

const LINK = 'dw-CellLink';

/** Milliseconds after a key before marks are drawn again. */
const PAUSE = 200;

export class Marks implements IDisposable {
  constructor(
    private readonly _panel: NotebookPanel,
    private readonly _link: DraftLink,
    private readonly _trans: TranslationBundle,
    /** Show a widget elsewhere. */
    private readonly _show: (widget: string) => void
  ) {
    _link.changed.connect(this._plan, this);
    _panel.context.model.contentChanged.connect(this._plan, this);
    _panel.content.cellInViewportChanged.connect(this._plan, this);
    this._plan();
  }

  isDisposed = false;

  dispose(): void {
    if (!this.isDisposed) {
      this.isDisposed = true;
      window.clearTimeout(this._timer);
      this._link.changed.disconnect(this._plan, this);
      if (!this._panel.isDisposed) {
        this._panel.context.model.contentChanged.disconnect(this._plan, this);
      }
    }
  }

  private _plan(): void {
    window.clearTimeout(this._timer);
    this._timer = window.setTimeout(() => {
      if (!this.isDisposed && !this._panel.isDisposed) {
        this._draw();
      }
    }, PAUSE);
  }

  private _draw(): void {
    const { generated, standing, origin } = this._link;
    const isKnown = generated.size > 0 && standing.kind !== 'gone';
    for (const cell of this._panel.content.widgets) {
      const { id, sharedModel, metadata } = cell.model;
      const source = relocated(sharedModel.getSource(), origin.data, 'data');
      const owner = isKnown ? ownerOf(id, source, generated) : null;
      if (owner === null) {
        delete cell.node.dataset['dwOwner'];
      } else {
        cell.node.dataset['dwOwner'] = owner;
      }
      this._name(cell.node, owner && widgetOf(metadata), owner);
    }
  }

  private _name(
    node: HTMLElement,
    widget: string | null,
    owner: string | null
  ): void {
    const header = node.querySelector('.jp-CellHeader');
    const isYours = owner === 'edited' || owner === 'added';
    if (!header || (widget === null && !isYours)) {
      header?.querySelector(`.${LINK}`)?.remove();
      return;
    }
    let shown = header.querySelector<HTMLElement>(`.${LINK}`);
    if (!shown) {
      shown = document.createElement('div');
      shown.className = LINK;
      header.append(shown);
    }
    const text = JSON.stringify([widget, owner]);
    if (shown.dataset['shown'] === text) {
      return;
    }
    shown.dataset['shown'] = text;
    shown.replaceChildren();
    if (widget !== null) {
      const button = document.createElement('button');
      button.type = 'button';
      button.textContent = this._trans.__(
        'Widget: %1',
        this._link.titles.get(widget) ?? widget
      );
      button.addEventListener('click', () => {
        this._show(widget);
      });
      shown.append(button);
    }
    if (isYours) {
      const yours = document.createElement('span');
      yours.textContent = this._trans.__('yours');
      yours.title =
        owner === 'added'
          ? this._trans.__('You have added this cell')
          : this._trans.__(
              'You have changed this cell; its menu brings back what was generated'
            );
      shown.append(yours);
    }
  }

  private _timer = 0;
}
