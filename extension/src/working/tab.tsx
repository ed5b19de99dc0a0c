// A view about a dashboard in a tab of its own, of which there is one a dashboard.
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { type LabIcon, ReactWidget } from '@jupyterlab/ui-components';
import type React from 'react';

import type { Dashboard } from '../api/nouns';
import type { IDashwright } from '../tokens';
import { trackTabs } from '../tracking';
import type { Work } from './work';

export class WorkTab extends MainAreaWidget<ReactWidget> {
  constructor(
    name: string,
    readonly work: Work,
    body: React.ReactElement
  ) {
    super({ content: ReactWidget.create(body) });
    this.id = `dashwright-${name}-${work.slug}`;
    this.slug = work.slug;
    this.addClass('dw-Tab');
    this.title.closable = true;
    void work.load();
  }

  readonly slug: string;

  override dispose(): void {
    this.work.dispose();
    super.dispose();
  }
}

export interface ITabs {
  /** As in `history`. */
  name: string;
  command: string;
  icon: LabIcon;
  label: (dashboard: Dashboard) => string;
  make: (dashboard: Dashboard) => { work: Work; body: React.ReactElement };
}

/** How such tabs are opened; they are there again after a reload. */
export function tabs(
  app: JupyterFrontEnd,
  dashwright: IDashwright,
  restorer: ILayoutRestorer | null,
  { name, command, icon, label, make }: ITabs
): (dashboard: Dashboard) => Promise<void> {
  const tracker = trackTabs<WorkTab>(dashwright, restorer, name, command);
  const made = (dashboard: Dashboard): WorkTab => {
    const { work, body } = make(dashboard);
    const tab = new WorkTab(name, work, body);
    tab.title.icon = icon;
    tab.title.label = label(dashboard);
    return tab;
  };
  return async dashboard => {
    const open = tracker.find(one => one.slug === dashboard.slug);
    const tab = open ?? made(dashboard);
    if (!open) {
      app.shell.add(tab, 'main', { type: 'Dashboard' });
      await tracker.add(tab);
    }
    app.shell.activateById(tab.id);
  };
}
