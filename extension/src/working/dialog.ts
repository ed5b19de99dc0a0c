// A dialog in which work is done: it stays open until that has ended well, and forms in it have the Enter key.
import { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { TranslationBundle } from '@jupyterlab/translation';
import type React from 'react';

import type { Work } from './work';

/** What the button at the end of the dialog does. */
export interface IAcceptance {
  label: () => string;
  isPossible: () => boolean;
  /** Gives whether the dialog has done what it is for. */
  act: () => Promise<boolean>;
}

/**
 * Show a dialog about some work, which is read when it opens. Gives whether it was
 * accepted; the work is over then.
 *
 * @param draw - Its body; gets what closes the dialog.
 */
export async function showWork(
  title: string,
  work: Work,
  draw: (close: () => void) => React.ReactElement,
  trans: TranslationBundle,
  acceptance?: IAcceptance
): Promise<boolean> {
  const dialog = opened(title, work, draw, trans, acceptance);
  void work.load();
  try {
    return (await dialog.launch()).button.accept;
  } finally {
    work.dispose();
  }
}

function opened(
  title: string,
  work: Work,
  draw: (close: () => void) => React.ReactElement,
  trans: TranslationBundle,
  acceptance?: IAcceptance
): WorkingDialog {
  const close = (): void => {
    dialog.reject();
  };
  const body = draw(close);
  const dialog = new WorkingDialog(title, work, body, trans, acceptance);
  return dialog;
}

class WorkingDialog extends Dialog<unknown> {
  constructor(
    title: string,
    private readonly _work: Work,
    body: React.ReactElement,
    trans: TranslationBundle,
    private readonly _acceptance?: IAcceptance
  ) {
    const label = _acceptance ? trans.__('Cancel') : trans.__('Close');
    const buttons = [Dialog.cancelButton({ label })];
    if (_acceptance) {
      buttons.push(Dialog.okButton({ label: _acceptance.label() }));
    }
    super({ title, body: ReactWidget.create(body), buttons, hasClose: true });
    this.addClass('dw-WorkingDialog');
    this.node.setAttribute('aria-label', title);
    _work.changed.connect(this._onWork, this);
    this._onWork();
  }

  override resolve(index?: number): void {
    const acceptance = this._acceptance;
    if (!acceptance || index === 0) {
      super.resolve(0);
      return;
    }
    if (acceptance.isPossible() && !this._work.isBusy) {
      void acceptance.act().then(isDone => {
        if (isDone) {
          super.resolve(1);
        }
      });
    }
  }

  /** Enter belongs to what has the focus: a button of the body, or the form that a field is in. */
  protected override _evtKeydown(event: KeyboardEvent): void {
    const at = document.activeElement;
    const body = this.node.querySelector('.jp-Dialog-body');
    const isArrow = event.key === 'ArrowLeft' || event.key === 'ArrowRight';
    if (!body?.contains(at) || (event.key !== 'Enter' && !isArrow)) {
      super._evtKeydown(event);
      return;
    }
    if (event.key === 'Enter' && at instanceof HTMLInputElement && !at.form) {
      super._evtKeydown(event);
    }
  }

  /**
   * Keep the keys in the dialog: its buttons cannot be used while something is read, and
   * a control that had the focus may be gone.
   */
  private _keepFocus(): void {
    requestAnimationFrame(() => {
      if (!this.isAttached || this._work.isBusy) {
        return;
      }
      const first = this._isRead ? null : this._control();
      this._isRead = true;
      if (first ?? !this.node.contains(document.activeElement)) {
        const content =
          this.node.querySelector<HTMLElement>('.jp-Dialog-content');
        content?.setAttribute('tabindex', '-1');
        (first ?? content)?.focus();
      }
    });
  }

  /** What is to be typed or chosen first. */
  private _control(): HTMLElement | null {
    return this.node.querySelector<HTMLElement>(
      '.jp-Dialog-body :is(textarea, select, input:checked)'
    );
  }

  private _onWork(): void {
    this._keepFocus();
    const node = this.node.querySelector<HTMLButtonElement>(
      '.jp-Dialog-footer .jp-mod-accept'
    );
    const acceptance = this._acceptance;
    if (node && acceptance) {
      const { isBusy, isGone } = this._work;
      node.disabled = isBusy || isGone || !acceptance.isPossible();
      const label = acceptance.label();
      node.setAttribute('aria-label', label);
      const text = node.querySelector('.jp-Dialog-buttonLabel');
      if (text && text.textContent !== label) {
        text.textContent = label;
      }
    }
  }

  private _isRead = false;
}
