// The panel in the left side bar.
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { Message } from '@lumino/messaging';
import React from 'react';

import type { IAbout } from './about';
import { dashboardsIcon } from './icon';

const EXAMPLE = `dashwright new "How have life expectancy and income changed across the world?"`;

export class DashboardsPanel extends ReactWidget {
  constructor(load: () => Promise<IAbout>, trans: TranslationBundle) {
    super();
    this._load = load;
    this._trans = trans;
    this.id = 'dashwright-dashboards';
    this.title.icon = dashboardsIcon;
    this.title.caption = trans.__('Dashboards');
    this.addClass('dw-Panel');
    this.node.setAttribute('role', 'region');
    this.node.setAttribute('aria-label', trans.__('Dashboards'));
  }

  override render(): React.ReactElement {
    return <Welcome about={this._about} trans={this._trans} />;
  }

  /** The viewer may have been started since: ask each time the panel opens. */
  protected override onAfterShow(msg: Message): void {
    super.onAfterShow(msg);
    void this.refresh();
  }

  async refresh(): Promise<void> {
    try {
      this._about = await this._load();
    } catch (reason) {
      console.warn('Dashwright: the server extension did not answer.', reason);
      this._about = null;
    }
    if (!this.isDisposed) {
      this.update();
    }
  }

  private _about: IAbout | null = null;
  private readonly _load: () => Promise<IAbout>;
  private readonly _trans: TranslationBundle;
}

interface IWelcomeProps {
  about: IAbout | null;
  trans: TranslationBundle;
}

function Welcome({ about, trans }: IWelcomeProps): React.ReactElement {
  return (
    <div className="dw-Panel-content">
      <h2>{trans.__('Dashboards')}</h2>
      <p>
        {trans.__('To make a dashboard, ask a question in a terminal:')}
        <code>{EXAMPLE}</code>
        {trans.__(
          'Add --data with a file or an address to use your own data. Dashwright answers with a notebook that you can open and edit here, and with a page that others can open.'
        )}
      </p>
      <Viewer about={about} trans={trans} />
    </div>
  );
}

function Viewer({ about, trans }: IWelcomeProps): React.ReactElement | null {
  if (!about) {
    return null;
  }
  return (
    <>
      <p>
        {about.viewer ? (
          <a href={about.viewer} target="_blank" rel="noopener noreferrer">
            {trans.__('Open the dashboards')}
          </a>
        ) : (
          trans.__('Pages can be opened once "dashwright up" runs.')
        )}
      </p>
      <p className="dw-Panel-version">
        {trans.__('Dashwright %1', about.version)}
      </p>
    </>
  );
}
