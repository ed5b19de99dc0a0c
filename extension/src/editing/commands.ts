// What can be done with the notebook of a dashboard.
import type { JupyterFrontEnd } from '@jupyterlab/application';
import { MainAreaWidget, Notification } from '@jupyterlab/apputils';
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { INotebookTracker } from '@jupyterlab/notebook';
import { editIcon, runIcon, undoIcon } from '@jupyterlab/ui-components';

import { addDashboardCommand, showProblem } from '../commands';
import { dashboardsIcon } from '../icons';
import { CommandIDs } from '../ids';
import type { IDashwright } from '../tokens';
import type { Files } from './files';
import type { Links } from './links';
import { Choices, type IMerge } from './merging/choices';
import { amended, parted } from './merging/tasks';
import { MergeView } from './merging/view';
import { relocated } from './notebook';
import type { Opening } from './opening';

export interface IEditing {
  readonly app: JupyterFrontEnd;
  readonly dashwright: IDashwright;
  readonly tracker: INotebookTracker;
  readonly services: IEditorServices;
  readonly files: Files;
  readonly links: Links;
  readonly opening: Opening;
}

export function addCommands(editing: IEditing): void {
  const { app, dashwright, opening } = editing;
  const { trans } = dashwright;
  addDashboardCommand(app, dashwright, CommandIDs.editNotebook, {
    label: trans.__('Edit Notebook'),
    caption: trans.__('Open the notebook, with its dashboard beside it'),
    icon: editIcon,
    isPossible: ({ version }) => version !== null,
    execute: async dashboard => {
      await opening.beside(dashboard);
    }
  });
  addDashboardCommand(app, dashwright, CommandIDs.runDraft, {
    label: trans.__('Run as Dashboard'),
    caption: trans.__('Save the draft, run it and show its page'),
    icon: runIcon,
    isPossible: ({ version }) => version !== null,
    execute: async dashboard => {
      await (await opening.beside(dashboard))?.trial.run();
    }
  });
  addDashboardCommand(app, dashwright, CommandIDs.mergeDraft, {
    label: trans.__('Merge Changes…'),
    caption: trans.__('Bring together what was changed on both sides'),
    isPossible: ({ version }) => version !== null,
    execute: ({ slug }) => merge(editing, slug)
  });
  addRestore(editing);
}

async function merge(
  { app, dashwright, services, files, links, opening }: IEditing,
  slug: string
): Promise<void> {
  const { trans } = dashwright;
  const panel = await opening.notebook(slug);
  const link = links.of(panel)?.link;
  if (!link) {
    return;
  }
  await link.check();
  const { standing } = link;
  const task: IMerge | null =
    standing.kind === 'parted'
      ? await parted(link, standing, files, trans)
      : await amended(link, trans);
  if (!task) {
    Notification.success(trans.__('Both sides are in the draft now.'), {
      autoClose: 5000
    });
    return;
  }
  const id = `dashwright-merge-${slug}`;
  for (const old of app.shell.widgets('main')) {
    if (old.id === id) {
      old.dispose();
      break;
    }
  }
  const content = new MergeView({
    choices: new Choices(task),
    services,
    trans
  });
  const widget = new MainAreaWidget({ content });
  widget.id = id;
  widget.title.label = trans.__('Merge %1', slug);
  widget.title.icon = dashboardsIcon;
  widget.title.closable = true;
  widget.toolbar.hide();
  link.context.disposed.connect(() => {
    widget.dispose();
  });
  app.shell.add(widget, 'main', { ref: panel.id, type: 'Dashboard' });
}

function addRestore({ app, dashwright, tracker, links }: IEditing): void {
  const { trans } = dashwright;
  /** The cell under the pointer, or the active one, and what it was generated as. */
  const meant = (): { restore: () => void } | null => {
    const node = app.contextMenuHitTest(one =>
      one.classList.contains('jp-Cell')
    );
    const panel = tracker.currentWidget;
    const link = links.of(panel)?.link;
    const cell =
      panel?.content.widgets.find(one => one.node === node) ??
      panel?.content.activeCell;
    const before = cell && link?.generated.get(cell.model.id);
    if (!link || !cell || typeof before !== 'string') {
      return null;
    }
    const source = relocated(before, 'data', link.origin.data);
    return cell.model.sharedModel.getSource() === source
      ? null
      : {
          restore: () => {
            cell.model.sharedModel.setSource(source);
          }
        };
  };
  app.commands.addCommand(CommandIDs.restoreCell, {
    label: trans.__('Restore Generated Cell'),
    caption: trans.__('Let the cell be as it was generated; can be undone'),
    icon: args => (args['isPalette'] ? undefined : undoIcon),
    describedBy: { args: { type: 'object', properties: {} } },
    isEnabled: () => meant() !== null,
    execute: async () => {
      try {
        meant()?.restore();
      } catch (reason) {
        await showProblem(trans.__('Restore Generated Cell'), reason);
      }
    }
  });
}
