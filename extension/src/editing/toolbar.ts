// What the toolbar of a dashboard's notebook has more than others; `schema/editing.json` says where.
import type { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import type { NotebookPanel } from '@jupyterlab/notebook';
import {
  fileUploadIcon,
  historyIcon,
  ToolbarButton
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import type { TranslationBundle } from '@jupyterlab/translation';

import { dashboardsIcon } from '../icons';
import { CommandIDs } from '../ids';
import type { Links } from './links';

export function addToolbar(
  registry: IToolbarWidgetRegistry,
  commands: CommandRegistry,
  links: Links,
  trans: TranslationBundle
): void {
  const items = [
    {
      name: 'dashwright-run',
      id: CommandIDs.runDraft,
      icon: dashboardsIcon,
      label: trans.__('Run as Dashboard'),
      tooltip: trans.__('Save the draft, run it and show its page')
    },
    {
      name: 'dashwright-publish',
      id: CommandIDs.publish,
      icon: fileUploadIcon,
      label: trans.__('Publish'),
      tooltip: trans.__('Let viewers see this')
    },
    {
      name: 'dashwright-versions',
      id: CommandIDs.showHistory,
      icon: historyIcon,
      label: trans.__('Versions'),
      tooltip: trans.__('Show earlier versions')
    }
  ];
  for (const { name, id, icon, label, tooltip } of items) {
    registry.addFactory('Notebook', name, panel => {
      const notebook = panel as NotebookPanel;
      const button = new ToolbarButton({
        className: 'dw-DraftButton',
        icon,
        label,
        tooltip,
        onClick: () => {
          const slug = links.of(notebook)?.link.slug;
          if (slug !== undefined) {
            void commands.execute(id, { slug });
          }
        }
      });
      const show = (): void => {
        button.setHidden(!links.of(notebook) || !commands.hasCommand(id));
      };
      show();
      links.changed.connect(show);
      button.disposed.connect(() => {
        links.changed.disconnect(show);
      });
      return button;
    });
  }
}
