import { CommandToolbarButton, MainAreaWidget } from '@jupyterlab/apputils';
import { IFrame, Toolbar } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';

import { besides } from '../api/about';
import { isOver, type Dashboard, type Job } from '../api/nouns';
import { dashboardsIcon } from '../icons';
import { CommandIDs } from '../ids';
import type { IDashwright } from '../tokens';

/** What the toolbar of a preview offers, as far as there is such a command. */
const OFFERED = [
  CommandIDs.refresh,
  CommandIDs.editNotebook,
  CommandIDs.showPlan,
  CommandIDs.publish,
  CommandIDs.share,
  CommandIDs.showHistory,
  CommandIDs.export,
  CommandIDs.open
];

/** A dashboard's page as viewers see it. It is loaded again when a new version is published. */
export class Preview extends MainAreaWidget<IFrame> {
  constructor(
    commands: CommandRegistry,
    private readonly _dashwright: IDashwright,
    dashboard: Dashboard
  ) {
    super({ content: new IFrame({ referrerPolicy: 'no-referrer' }) });
    const { slug } = dashboard;
    this.slug = slug;
    this.id = `dashwright-preview-${slug}`;
    this.addClass('dw-Preview');
    this.title.icon = dashboardsIcon;
    this.title.closable = true;
    for (const id of OFFERED.filter(one => commands.hasCommand(one))) {
      const args = { slug };
      this.toolbar.addItem(
        id,
        new CommandToolbarButton({ commands, id, args, label: '' })
      );
    }
    this.toolbar.insertItem(
      OFFERED.length,
      'spacer',
      Toolbar.createSpacerItem()
    );
    this._name(dashboard);
    this._load();
    const { model } = _dashwright;
    model.dashboardChanged.connect(this._onDashboard, this);
    model.dashboardGone.connect(this._onGone, this);
    model.jobChanged.connect(this._onJob, this);
    model.serverChanged.connect(this._onServer, this);
  }

  readonly slug: string;

  private _name(dashboard: Dashboard): void {
    this.title.label = dashboard.title;
    this.title.caption = dashboard.question;
    this.content.node
      .querySelector('iframe')
      ?.setAttribute('title', dashboard.title);
  }

  private get _page(): string | null {
    const page = this._dashwright.model.page(this.slug);
    return page && besides(page, window.location.hostname);
  }

  private _load(): void {
    if (this._page !== null) {
      this.content.sandbox = permissionsOf(this._page);
      this.content.url = this._page;
    }
  }

  private _onDashboard(_: unknown, dashboard: Dashboard): void {
    if (dashboard.slug === this.slug) {
      this._name(dashboard);
    }
  }

  private _onGone(_: unknown, slug: string): void {
    if (slug === this.slug) {
      this.dispose();
    }
  }

  private _onJob(_: unknown, job: Job): void {
    if (job.slug === this.slug && isOver(job) && job.status === 'completed') {
      this._load();
    }
  }

  /** The viewer may be started after the tab was restored. */
  private _onServer(): void {
    if (this.content.url !== this._page) {
      this._load();
    }
  }
}

/** What a page in the frame may do. Where it has the origin of JupyterLab, it gets another one: its scripts could run code here. */
export function permissionsOf(page: string): IFrame.SandboxExceptions[] {
  const isForeign = new URL(page).origin !== window.location.origin;
  return [
    'allow-scripts',
    'allow-forms',
    'allow-popups',
    'allow-downloads',
    ...(isForeign ? (['allow-same-origin'] as const) : [])
  ];
}
