// The tab of a plan: what its toolbar offers, its mark of unsaved edits, and the question before it is closed.
import {
  CommandToolbarButton,
  Dialog,
  MainAreaWidget,
  showDialog
} from '@jupyterlab/apputils';
import { ReactWidget, Toolbar } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import React from 'react';

import type { Dashboard } from '../api/nouns';
import { dashboardsIcon } from '../icons';
import type { IDashwright } from '../tokens';
import { Editor } from './editor';
import { PlanCommandIDs } from './ids';
import { View } from './view';

export class PlanTab extends MainAreaWidget {
  constructor(
    commands: CommandRegistry,
    private readonly _dashwright: IDashwright,
    dashboard: Dashboard
  ) {
    const { model, trans } = _dashwright;
    const editor = new Editor(model, dashboard.slug, trans);
    const content = ReactWidget.create(
      React.createElement(View, { editor, trans })
    );
    content.addClass('dw-Plan-content');
    content.node.tabIndex = -1;
    super({ content });
    this.editor = editor;
    this.id = `dashwright-plan-${dashboard.slug}`;
    this.addClass('dw-Plan');
    this.title.icon = dashboardsIcon;
    this.title.closable = true;
    for (const id of Object.values(PlanCommandIDs)) {
      const args = { slug: dashboard.slug };
      this.toolbar.addItem(
        id,
        new CommandToolbarButton({ commands, id, args, label: '' })
      );
      editor.changed.connect(() => {
        commands.notifyCommandChanged(id);
      });
    }
    this.toolbar.addItem('spacer', Toolbar.createSpacerItem());
    this._name(dashboard);
    editor.changed.connect(this._mark, this);
    model.dashboardChanged.connect(this._onDashboard, this);
    void editor.open();
  }

  readonly editor: Editor;

  get slug(): string {
    return this.editor.slug;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.editor.dispose();
      super.dispose();
    }
  }

  protected override onCloseRequest(msg: Message): void {
    if (!this.editor.isDirty || this.editor.isGone) {
      super.onCloseRequest(msg);
    } else if (!this._isAsking) {
      this._isAsking = true;
      void this._ask().finally(() => {
        this._isAsking = false;
      });
    }
  }

  private async _ask(): Promise<void> {
    const { trans } = this._dashwright;
    const { button } = await showDialog({
      title: trans.__('Save the plan?'),
      body: trans.__(
        'You have edited this plan. Saving it makes a new version of the dashboard.'
      ),
      buttons: [
        Dialog.cancelButton(),
        Dialog.warnButton({
          label: trans.__('Discard'),
          accept: true,
          actions: ['discard']
        }),
        Dialog.okButton({ label: trans.__('Save'), actions: ['save'] })
      ]
    });
    if (!button.accept) {
      return;
    }
    if (button.actions.includes('save')) {
      await this.editor.save();
      // Refused, or changed by somebody else: that has to be seen.
      if (!this.editor.work) {
        return;
      }
    }
    this.editor.forget();
    this.dispose();
  }

  private _onDashboard(_: unknown, dashboard: Dashboard): void {
    if (dashboard.slug === this.slug) {
      this._name(dashboard);
    }
  }

  private _name({ title, question }: Dashboard): void {
    this.title.label = this._dashwright.trans.__('Plan: %1', title);
    this.title.caption = question;
  }

  private _mark(): void {
    this._keepFocus();
    const { isDirty, isGone } = this.editor;
    const rest = this.title.className.replace(/ ?jp-mod-dirty/, '');
    this.title.className =
      isDirty && !isGone ? `${rest} jp-mod-dirty`.trim() : rest;
  }

  /** What had the focus may be gone when all is drawn again; keys still mean this tab. */
  private _keepFocus(): void {
    if (this.content.node.contains(document.activeElement)) {
      requestAnimationFrame(() => {
        if (document.activeElement === document.body) {
          this.content.node.focus();
        }
      });
    }
  }

  private _isAsking = false;
}
