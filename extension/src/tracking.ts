// Tabs about one dashboard: where they are kept track of, and what the window is about while one is in front.
import type { ILayoutRestorer, JupyterFrontEnd } from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import type { Widget } from '@lumino/widgets';

import type { IDashwright } from './tokens';

export interface IDashboardTab extends Widget {
  readonly slug: string;
}

/** The tabs of one kind. `command` opens one, and does so again after a reload. */
export function trackTabs<T extends IDashboardTab>(
  { current }: IDashwright,
  restorer: ILayoutRestorer | null,
  name: string,
  command: string
): WidgetTracker<T> {
  const tracker = new WidgetTracker<T>({ namespace: `dashwright-${name}` });
  tracker.currentChanged.connect((_, tab) => {
    current.slug = tab?.slug ?? current.slug;
  });
  void restorer?.restore(tracker, {
    command,
    args: tab => ({ slug: tab.slug }),
    name: tab => tab.slug
  });
  return tracker;
}

/** Bring the tab of a dashboard to the front; whether there is one. */
export function reveal<T extends IDashboardTab>(
  app: JupyterFrontEnd,
  tracker: WidgetTracker<T>,
  slug: string
): boolean {
  const open = tracker.find(one => one.slug === slug);
  if (open) {
    app.shell.activateById(open.id);
  }
  return open !== undefined;
}
