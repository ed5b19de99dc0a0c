// The dashboard beside its notebook: the page of the draft's newest try.
import { MainAreaWidget } from '@jupyterlab/apputils';
import type { TranslationBundle } from '@jupyterlab/translation';
import { IFrame, ReactWidget, UseSignal } from '@jupyterlab/ui-components';
import { Panel } from '@lumino/widgets';
import React from 'react';

import { besides } from '../api/about';
import { isOver } from '../api/nouns';
import { Banner } from '../components/banner';
import { Progress } from '../components/progress';
import { dashboardsIcon } from '../icons';
import { saying } from '../panel/saying';
import { permissionsOf } from '../preview/preview';
import type { IDashwright } from '../tokens';
import type { IEdited } from './links';

/** Go to a cell, and mark a line of it, from 1. */
export type Reveal = (cell: string, line: number | null) => void;

export class Beside extends MainAreaWidget<Panel> {
  constructor(
    private readonly _dashwright: IDashwright,
    private readonly _edited: IEdited,
    title: string,
    reveal: Reveal
  ) {
    super({ content: new Panel() });
    const { link, trial } = _edited;
    const { trans } = _dashwright;
    this.id = `dashwright-draft-${link.slug}`;
    this.addClass('dw-Preview');
    this.title.icon = dashboardsIcon;
    this.title.label = trans.__('%1 (draft)', title);
    this.title.closable = true;
    this.toolbar.hide();
    this._frame.node
      .querySelector('iframe')
      ?.setAttribute('title', this.title.label);
    const header = ReactWidget.create(
      <UseSignal signal={trial.changed}>
        {() => <Course edited={_edited} reveal={reveal} trans={trans} />}
      </UseSignal>
    );
    header.addClass('dw-Course');
    this.content.addClass('dw-Beside');
    this.content.addWidget(header);
    this.content.addWidget(this._frame);
    trial.changed.connect(this._load, this);
    _dashwright.model.serverChanged.connect(this._load, this);
    link.context.disposed.connect(this.dispose, this);
    this._load();
  }

  /** The page of the newest try that made one; until there is one, the page that viewers see. */
  private _load(): void {
    const { link, trial } = this._edited;
    const page = this._dashwright.model.page(link.slug);
    if (page === null) {
      return;
    }
    const version = trial.version ?? this._version;
    const seen =
      version === null || version === link.draft?.published
        ? page
        : `${page}/versions/${version}`;
    const url = besides(seen, window.location.hostname);
    if (this._frame.url !== url) {
      this._version = version;
      this._frame.sandbox = permissionsOf(url);
      this._frame.url = url;
    }
  }

  private readonly _frame = new IFrame({ referrerPolicy: 'no-referrer' });
  private _version: number | null = null;
}

interface ICourseProps {
  edited: IEdited;
  reveal: Reveal;
  trans: TranslationBundle;
}

/** How the try goes: its progress, or where it failed. */
function Course({
  edited: { trial },
  reveal,
  trans
}: ICourseProps): React.ReactElement | null {
  const { job, error, isBeginning } = trial;
  if (error) {
    return <Banner kind="error">{error.message}</Banner>;
  }
  if (isBeginning || (job && !isOver(job))) {
    const text = job && !isBeginning ? saying(job, trans) : trans.__('Begins');
    return (
      <div className="dw-Course-progress">
        <Progress
          label={trans.__('The draft is run as a dashboard')}
          value={job && !isBeginning ? job.progress : null}
        />
        <span role="status">{text}</span>
      </div>
    );
  }
  if (job?.status !== 'failed') {
    return null;
  }
  const { error_cell: cell, error_line: line } = job;
  const shown = cell
    ? {
        label: line
          ? trans.__('Show line %1', line)
          : trans.__('Show the cell'),
        act: () => {
          reveal(cell, line);
        }
      }
    : undefined;
  return (
    <Banner kind="error" action={shown}>
      {job.error_message ?? trans.__('The draft could not be run.')}
    </Banner>
  );
}
