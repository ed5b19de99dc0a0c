// The panel in the left side bar.
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { Message } from '@lumino/messaging';
import React from 'react';

import { dashboardsIcon } from '../icons';
import { NO_FILTER, type IFilter, type Order } from '../model/listing';
import type { IDashwright } from '../tokens';
import { View } from './view';

export class DashboardsPanel extends ReactWidget {
  constructor(
    private readonly _commands: CommandRegistry,
    private readonly _dashwright: IDashwright
  ) {
    super();
    const { trans, settings } = _dashwright;
    this.id = 'dashwright-dashboards';
    this.title.icon = dashboardsIcon;
    this.title.caption = trans.__('Dashboards');
    this.addClass('dw-Panel');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Dashboards'));
    this._order();
    settings?.changed.connect(this._order, this);
  }

  override render(): React.ReactElement | null {
    // A view asks the server for what it shows.
    if (!this._isAsked) {
      return null;
    }
    return (
      <View
        commands={this._commands}
        dashwright={this._dashwright}
        filter={this._filter}
        onFilter={filter => {
          this._filter = filter;
          this.update();
        }}
        hasThumbnails={this._setting('thumbnails') !== false}
      />
    );
  }

  /** Nothing is asked before somebody looks; and again each time, since the viewer may have been started since. */
  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    const { model } = this._dashwright;
    if (this._isAsked) {
      void model.ask();
      model.renew();
    } else {
      this._isAsked = true;
      model.start();
      this.update();
    }
  }

  protected override onActivateRequest(msg: Message): void {
    super.onActivateRequest(msg);
    const rows = this.node.querySelector<HTMLElement>('.dw-Rows');
    (rows ?? this.node.querySelector<HTMLElement>('input'))?.focus();
  }

  private _order(): void {
    const order = this._setting('order');
    if (typeof order === 'string') {
      this._filter = { ...this._filter, order: order as Order };
    }
    this.update();
  }

  private _setting(name: string): unknown {
    return this._dashwright.settings?.composite[name];
  }

  private _filter: IFilter = NO_FILTER;
  private _isAsked = false;
}
