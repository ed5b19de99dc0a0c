// `dashwright:editing`: the notebook of a dashboard, edited in JupyterLab, and what becomes of it.
import type {
  JupyterFrontEnd,
  JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { IToolbarWidgetRegistry } from '@jupyterlab/apputils';
import { IEditorServices } from '@jupyterlab/codeeditor';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { INotebookTracker } from '@jupyterlab/notebook';
import { IStateDB } from '@jupyterlab/statedb';
import { IStatusBar } from '@jupyterlab/statusbar';

import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { addCommands } from './commands';
import { Files } from './files';
import { Links } from './links';
import { Marks } from './marks';
import { Opening } from './opening';
import { DraftStatus } from './status';
import { tell } from './telling';
import { addToolbar } from './toolbar';

const FOLDER = 'dashboards';

export const editing: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:editing',
  description: 'Edits the notebook of a dashboard as a draft on the server.',
  autoStart: true,
  requires: [IDashwright, INotebookTracker, IDocumentManager, IEditorServices],
  optional: [IStateDB, IStatusBar, IToolbarWidgetRegistry],
  activate: (
    app: JupyterFrontEnd,
    dashwright: IDashwright,
    tracker: INotebookTracker,
    documents: IDocumentManager,
    services: IEditorServices,
    state: IStateDB | null,
    statusBar: IStatusBar | null,
    toolbars: IToolbarWidgetRegistry | null
  ) => {
    const { settings, trans } = dashwright;
    const { commands } = app;
    const files = new Files(app.serviceManager.contents, state, () => {
      const folder = settings?.composite['notebookFolder'];
      return typeof folder === 'string' ? folder : FOLDER;
    });
    const links = new Links(tracker, dashwright, files);
    const opening = new Opening(app, dashwright, documents, files, links);
    addCommands({
      app,
      dashwright,
      tracker,
      services,
      files,
      links,
      opening
    });
    if (toolbars) {
      addToolbar(toolbars, commands, links, trans);
    }
    links.added.connect((_, { panel, edited }) => {
      const { link } = edited;
      const marks = new Marks(panel, link, trans, widget => {
        const isPlanned = commands.hasCommand(CommandIDs.showPlan);
        const id = isPlanned ? CommandIDs.showPlan : CommandIDs.editNotebook;
        void commands.execute(id, { slug: link.slug, widget });
      });
      panel.disposed.connect(() => {
        marks.dispose();
      });
      tell(edited, commands, trans);
    });
    statusBar?.registerStatusItem('dashwright:draft', {
      item: new DraftStatus(links, commands, dashwright),
      align: 'left',
      rank: 5,
      isActive: () => links.current !== null,
      activeStateChanged: links.changed
    });
  }
};
