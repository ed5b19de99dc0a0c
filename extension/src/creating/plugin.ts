// `dashwright:creating`: asks for a new dashboard, and shows how it is made.
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import { WidgetTracker } from '@jupyterlab/apputils';
import { IDocumentManager } from '@jupyterlab/docmanager';
import { FileDialog, IFileBrowserFactory } from '@jupyterlab/filebrowser';
import { addIcon } from '@jupyterlab/ui-components';
import { type ReadonlyPartialJSONObject, UUID } from '@lumino/coreutils';

import { dashboardsIcon } from '../icons';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { Notepad } from './notepad';
import { isDataFile } from './piece';
import { type IMeans, Stages } from './stages';
import { NewDashboard } from './widget';

const NAMESPACE = 'dashwright-new';

export const creating: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:creating',
  description: 'Asks for a new dashboard, and shows how it is made.',
  autoStart: true,
  requires: [IDashwright],
  optional: [IDocumentManager, IFileBrowserFactory, ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    dashwright: IDashwright,
    manager: IDocumentManager | null,
    factory: IFileBrowserFactory | null,
    restorer: ILayoutRestorer | null
  ) => {
    const { commands, serviceManager } = app;
    const tracker = new WidgetTracker<NewDashboard>({ namespace: NAMESPACE });
    const means: IMeans = {
      commands,
      dashwright,
      contents: serviceManager.contents,
      notepad: new Notepad(serviceManager.serverSettings.baseUrl),
      choosePaths:
        manager && (async () => choosePaths(manager, factory, dashwright))
    };
    const open = (id: string): NewDashboard => {
      dashwright.model.start();
      const widget = new NewDashboard(new Stages(means, id));
      app.shell.add(widget, 'main', { type: 'Dashboard' });
      void tracker.add(widget);
      return widget;
    };
    addCommands(app, dashwright, { tracker, open, factory, means });
    void restorer?.restore(tracker, {
      command: CommandIDs.new,
      args: ({ stages }) => ({ id: stages.id }),
      name: ({ stages }) => stages.id
    });
  }
};

interface IPlace {
  tracker: WidgetTracker<NewDashboard>;
  open: (id: string) => NewDashboard;
  factory: IFileBrowserFactory | null;
  means: IMeans;
}

function addCommands(
  app: JupyterFrontEnd,
  { trans }: IDashwright,
  { tracker, open, factory, means }: IPlace
): void {
  const { commands } = app;
  const text = (
    args: ReadonlyPartialJSONObject,
    name: string
  ): string | null => (typeof args[name] === 'string' ? args[name] : null);
  const openIds = (): string[] => {
    const ids: string[] = [];
    tracker.forEach(({ stages }) => ids.push(stages.id));
    return ids;
  };
  const isFollowing = ({ stages }: NewDashboard, job: string): boolean =>
    stages.following?.job.id === job;
  commands.addCommand(CommandIDs.new, {
    label: args =>
      args['isMenu'] ? trans.__('Dashboard') : trans.__('New Dashboard'),
    caption: trans.__('Ask a question; a notebook and a page answer it'),
    icon: args => (args['isPalette'] ? undefined : dashboardsIcon),
    describedBy: { args: ARGUMENTS },
    execute: args => {
      const job = text(args, 'job');
      const id = text(args, 'id');
      const paths = Array.isArray(args['paths']) ? args['paths'] : [];
      const there = tracker.find(one =>
        job === null ? id === null && one.stages.isOpen : isFollowing(one, job)
      );
      const widget =
        there ??
        open(
          id ??
            (job === null ? means.notepad.unasked(openIds()) : null) ??
            UUID.uuid4()
        );
      if (job !== null && !there) {
        void widget.stages.follow(job);
      }
      if (paths.length > 0) {
        widget.stages.back();
        widget.stages.form.pieces.addPaths(paths.map(String));
      }
      const question = text(args, 'question');
      if (question !== null) {
        widget.stages.form.set({ text: question });
      }
      if (id === null) {
        app.shell.activateById(widget.id);
      }
      return widget;
    }
  });
  const selected = (): string[] => {
    const browser = factory?.tracker.currentWidget;
    return browser
      ? [...browser.selectedItems()]
          .filter(({ type, name }) => type !== 'directory' && isDataFile(name))
          .map(({ path }) => path)
      : [];
  };
  commands.addCommand(CommandIDs.newFromFiles, {
    label: trans.__('New Dashboard from Data'),
    caption: trans.__('Ask a question about the selected files'),
    icon: args => (args['isPalette'] ? undefined : addIcon),
    describedBy: { args: { type: 'object', properties: {} } },
    isVisible: () => selected().length > 0,
    isEnabled: () => selected().length > 0,
    execute: async () => {
      await commands.execute(CommandIDs.new, { paths: selected() });
    }
  });
}

const ARGUMENTS = {
  type: 'object',
  properties: {
    question: { type: 'string', description: 'What is typed already' },
    paths: {
      type: 'array',
      items: { type: 'string' },
      description: 'Files of JupyterLab that it is about'
    },
    job: { type: 'string', description: 'A job to look on at instead' },
    id: { type: 'string', description: 'A note of the browser to go on with' }
  }
} as const;

async function choosePaths(
  manager: IDocumentManager,
  factory: IFileBrowserFactory | null,
  { trans }: IDashwright
): Promise<string[]> {
  const here = factory?.tracker.currentWidget?.model.path;
  const { button, value } = await FileDialog.getOpenFiles({
    manager,
    title: trans.__('Choose data'),
    label: trans.__(
      'Files that can be read as data; several with Ctrl or Shift'
    ),
    filter: ({ type, name }) =>
      type === 'directory' || isDataFile(name) ? {} : null,
    ...(here !== undefined && { defaultPath: here })
  });
  return button.accept
    ? (value ?? [])
        .filter(({ type }) => type !== 'directory')
        .map(({ path }) => path)
    : [];
}
