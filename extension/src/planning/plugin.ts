// `dashwright:planning`: the plan of a dashboard, to be read and edited.
import {
  ILayoutRestorer,
  type JupyterFrontEnd,
  type JupyterFrontEndPlugin
} from '@jupyterlab/application';
import type { WidgetTracker } from '@jupyterlab/apputils';
import {
  editIcon,
  type LabIcon,
  redoIcon,
  refreshIcon,
  saveIcon,
  undoIcon
} from '@jupyterlab/ui-components';

import { addDashboardCommand } from '../commands';
import { CommandIDs } from '../ids';
import { IDashwright } from '../tokens';
import { reveal, trackTabs } from '../tracking';
import type { Editor } from './editor';
import { PlanCommandIDs } from './ids';
import { PlanTab } from './tab';

export const planning: JupyterFrontEndPlugin<void> = {
  id: 'dashwright:planning',
  description: 'Shows the plan of a dashboard, and lets it be edited.',
  autoStart: true,
  requires: [IDashwright],
  optional: [ILayoutRestorer],
  activate: (
    app: JupyterFrontEnd,
    dashwright: IDashwright,
    restorer: ILayoutRestorer | null
  ) => {
    const { model, trans } = dashwright;
    const tracker = trackTabs<PlanTab>(
      dashwright,
      restorer,
      'plan',
      CommandIDs.showPlan
    );
    addDashboardCommand(app, dashwright, CommandIDs.showPlan, {
      label: trans.__('Show Plan'),
      caption: trans.__(
        'Show what the dashboard is made of, and why, and edit it'
      ),
      icon: editIcon,
      isPossible: ({ version }) => version !== null,
      execute: async dashboard => {
        if (reveal(app, tracker, dashboard.slug)) {
          return;
        }
        model.start();
        if (!model.about) {
          await model.ask();
        }
        const tab = new PlanTab(app.commands, dashwright, dashboard);
        app.shell.add(tab, 'main', { type: 'Plan' });
        await tracker.add(tab);
      }
    });
    addEdits(app, dashwright, tracker);
  }
};

interface IEdit {
  label: string;
  icon: LabIcon;
  isPossible: (editor: Editor) => boolean;
  act: (editor: Editor) => unknown;
  /** What it is about, for its tooltip. */
  caption: (editor: Editor) => string;
}

function addEdits(
  app: JupyterFrontEnd,
  { trans }: IDashwright,
  tracker: WidgetTracker<PlanTab>
): void {
  const edits: Record<keyof typeof PlanCommandIDs, IEdit> = {
    save: {
      label: trans.__('Save Plan'),
      icon: saveIcon,
      isPossible: one => one.isDirty && one.canEdit && !one.work,
      act: async one => one.save(),
      caption: () =>
        trans.__('Save the plan, and make the dashboard anew of it')
    },
    undo: {
      label: trans.__('Undo'),
      icon: undoIcon,
      isPossible: one =>
        one.canEdit && (one.history?.undoable ?? null) !== null,
      act: one => {
        one.undo();
      },
      caption: one => trans.__('Undo: %1', one.history?.undoable ?? '')
    },
    redo: {
      label: trans.__('Redo'),
      icon: redoIcon,
      isPossible: one =>
        one.canEdit && (one.history?.redoable ?? null) !== null,
      act: one => {
        one.redo();
      },
      caption: one => trans.__('Redo: %1', one.history?.redoable ?? '')
    },
    revert: {
      label: trans.__('Revert to the Published Plan'),
      icon: refreshIcon,
      isPossible: one => one.canEdit && one.isDirty,
      act: one => {
        one.revert();
      },
      caption: () => trans.__('Take back all edits that are not saved')
    }
  };
  const editorOf = (slug: unknown): Editor | null => {
    const found =
      typeof slug === 'string'
        ? tracker.find(one => one.slug === slug)
        : tracker.currentWidget;
    return found?.editor ?? null;
  };
  for (const [name, edit] of Object.entries(edits)) {
    const { label, icon, isPossible, act, caption } = edit;
    app.commands.addCommand(PlanCommandIDs[name as keyof typeof edits], {
      label,
      icon,
      caption: args => {
        const editor = editorOf(args['slug']);
        return editor && isPossible(editor) ? caption(editor) : label;
      },
      describedBy: {
        args: {
          type: 'object',
          properties: {
            slug: {
              type: 'string',
              description: trans.__(
                'The dashboard; that of the current tab if left out'
              )
            }
          }
        }
      },
      isEnabled: args => {
        const editor = editorOf(args['slug']);
        return editor !== null && isPossible(editor);
      },
      execute: async args => {
        const editor = editorOf(args['slug']);
        if (editor) {
          await act(editor);
        }
      }
    });
  }
}
