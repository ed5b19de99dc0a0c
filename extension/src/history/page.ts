// The page of one version in a tab, also of one that viewers have never seen.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget } from '@jupyterlab/apputils';
import { IFrame } from '@jupyterlab/ui-components';

import { besides } from '../api/about';
import type { Dashboard } from '../api/nouns';
import { dashboardsIcon } from '../icons';
import { permissionsOf } from '../preview/preview';
import type { IDashwright } from '../tokens';

/**
 * Open it, or show it where it is open.
 *
 * Rejects with an Error while no viewer runs.
 */
export async function openVersion(
  app: JupyterFrontEnd,
  { model, trans }: IDashwright,
  { slug, title }: Pick<Dashboard, 'slug' | 'title'>,
  number: number
): Promise<void> {
  await model.ask();
  const page = model.page(slug);
  if (page === null) {
    throw new Error(
      trans.__('No viewer runs, which shows pages. Start it: dashwright up')
    );
  }
  const id = `dashwright-version-${slug}-${number}`;
  if (![...app.shell.widgets('main')].some(widget => widget.id === id)) {
    const address = besides(
      `${page}/versions/${number}`,
      window.location.hostname
    );
    const content = new IFrame({
      referrerPolicy: 'no-referrer',
      sandbox: permissionsOf(address)
    });
    content.url = address;
    const label = trans.__('%1 (version %2)', title, number);
    content.node.querySelector('iframe')?.setAttribute('title', label);
    const tab = new MainAreaWidget({ content });
    tab.id = id;
    tab.addClass('dw-Preview');
    tab.title.label = label;
    tab.title.icon = dashboardsIcon;
    tab.title.closable = true;
    app.shell.add(tab, 'main', { type: 'Dashboard' });
  }
  app.shell.activateById(id);
}
