import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import { Widget } from '@lumino/widgets';
import React from 'react';

import { type IStep, placed } from './steps';

const RING = 'dw-mod-toured';

/** A box beside what it tells of. It covers nothing else, and takes the keys only while it has the focus. */
export class Tour extends ReactWidget {
  constructor(
    private readonly _steps: readonly IStep[],
    private readonly _commands: CommandRegistry,
    private readonly _trans: TranslationBundle
  ) {
    super();
    this.id = 'dashwright-tour';
    this.addClass('dw-Tour');
    this.addClass('jp-ThemedContainer');
    this.node.tabIndex = -1;
    this.node.setAttribute('role', 'dialog');
    this.node.setAttribute('aria-labelledby', 'dashwright-tour-title');
    this.node.setAttribute('aria-describedby', 'dashwright-tour-text');
  }

  /** @param isAsked - Whether somebody asked for it, and so waits for it. */
  begin(isAsked: boolean): void {
    if (!this.isAttached) {
      Widget.attach(this, document.body);
    }
    void this._go(0, isAsked);
  }

  override dispose(): void {
    this._unmark();
    super.dispose();
  }

  handleEvent(event: Event): void {
    if (event.type === 'resize') {
      this._place();
    } else if (event instanceof KeyboardEvent) {
      this._onKey(event);
    }
  }

  override render(): React.ReactElement | null {
    const trans = this._trans;
    const step = this._steps[this._at];
    const isLast = this._at === this._steps.length - 1;
    return step ? (
      <>
        <h3 id="dashwright-tour-title">{step.title}</h3>
        <p id="dashwright-tour-text">{step.text}</p>
        <div className="dw-Tour-foot">
          <span>{trans.__('%1 of %2', this._at + 1, this._steps.length)}</span>
          {!isLast && (
            <button
              type="button"
              className="jp-mod-styled jp-mod-reject"
              onClick={() => {
                this.dispose();
              }}
            >
              {trans.__('Skip')}
            </button>
          )}
          {this._at > 0 && (
            <button
              type="button"
              className="jp-mod-styled jp-mod-reject"
              onClick={() => {
                void this._go(this._at - 1, true);
              }}
            >
              {trans.__('Back')}
            </button>
          )}
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept dw-Tour-next"
            onClick={() => {
              this._next();
            }}
          >
            {isLast ? trans.__('Done') : trans.__('Next')}
          </button>
        </div>
      </>
    ) : null;
  }

  protected override onAfterAttach(message: Message): void {
    super.onAfterAttach(message);
    this._before = document.activeElement;
    window.addEventListener('resize', this);
    this.node.addEventListener('keydown', this);
  }

  protected override onBeforeDetach(message: Message): void {
    window.removeEventListener('resize', this);
    this.node.removeEventListener('keydown', this);
    const hadFocus = this.node.contains(document.activeElement);
    super.onBeforeDetach(message);
    if (hadFocus && this._before instanceof HTMLElement) {
      this._before.focus();
    }
  }

  private _next(): void {
    if (this._at < this._steps.length - 1) {
      void this._go(this._at + 1, true);
    } else {
      this.dispose();
    }
  }

  private async _go(at: number, isAsked: boolean): Promise<void> {
    this._at = at;
    const { command } = this._steps[at] ?? {};
    if (command !== undefined && isAsked) {
      await this._commands.execute(command);
    }
    this.update();
    await this.renderPromise;
    if (this.isDisposed) {
      return;
    }
    this._place();
    if (isAsked) {
      this.node.querySelector<HTMLElement>('.dw-Tour-next')?.focus();
    }
  }

  private _place(): void {
    this._unmark();
    const place = this._steps[this._at]?.beside
      .map(selector => document.querySelector<HTMLElement>(selector))
      .find(node => node !== null && node.getClientRects().length > 0);
    place?.classList.add(RING);
    const { width, height } = this.node.getBoundingClientRect();
    const { left, top } = placed(
      place?.getBoundingClientRect() ?? null,
      { width, height },
      { width: window.innerWidth, height: window.innerHeight }
    );
    this.node.style.left = `${left}px`;
    this.node.style.top = `${top}px`;
  }

  private _unmark(): void {
    document.querySelectorAll(`.${RING}`).forEach(node => {
      node.classList.remove(RING);
    });
  }

  private _onKey(event: KeyboardEvent): void {
    const acts: Readonly<Record<string, () => void>> = {
      Escape: () => {
        this.dispose();
      },
      ArrowRight: () => {
        this._next();
      },
      ArrowLeft: () => {
        void this._go(Math.max(0, this._at - 1), true);
      }
    };
    const act = acts[event.key];
    if (act) {
      event.preventDefault();
      event.stopPropagation();
      act();
    }
  }

  private _at = 0;
  private _before: Element | null = null;
}
