import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React from 'react';

import { dashboardsIcon } from '../icons';
import type { Stages } from './stages';
import { View } from './view';

/** A tab in which one dashboard is asked for, and its making looked on at. */
export class NewDashboard extends ReactWidget {
  constructor(readonly stages: Stages) {
    super();
    this.id = `dashwright-new-${stages.id}`;
    this.addClass('dw-New');
    this.title.icon = dashboardsIcon;
    this.title.closable = true;
    this._name();
    stages.changed.connect(this._name, this);
    stages.done.connect(() => {
      this.dispose();
    });
  }

  override render(): React.ReactElement {
    return <View stages={this.stages} />;
  }

  override dispose(): void {
    if (!this.isDisposed) {
      this.stages.dispose();
      super.dispose();
    }
  }

  protected override onCloseRequest(msg: Message): void {
    super.onCloseRequest(msg);
    this.dispose();
  }

  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    this.stages.isWatched = true;
  }

  protected override onAfterHide(msg: Message): void {
    super.onAfterHide(msg);
    this.stages.isWatched = false;
  }

  protected override onAfterAttach(msg: Message): void {
    super.onAfterAttach(msg);
    this.stages.isWatched = this.isVisible;
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    if (!this.node.contains(document.activeElement)) {
      this.node.querySelector<HTMLElement>('[data-first-focus]')?.focus();
    }
  }

  private _name(): void {
    const { following, means } = this.stages;
    const { trans, model } = means.dashwright;
    const job = following?.job;
    const title = job && (model.known(job.slug)?.title ?? job.title);
    this.title.label = title ?? trans.__('New Dashboard');
    this.title.caption = this.stages.form.question.text;
  }
}
