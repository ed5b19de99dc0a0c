import type { TranslationBundle } from '@jupyterlab/translation';
import {
  ellipsesIcon,
  type LabIcon,
  usersIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React, { memo } from 'react';

import type { Client } from '../api/client';
import type { Dashboard, Job } from '../api/nouns';
import { RelativeTime } from '../components/time';
import { Progress } from '../components/progress';
import { failureIcon } from '../icons';
import { CommandIDs } from '../ids';
import { saying } from './saying';
import { Thumbnail } from './thumbnail';

/** What is offered beside a row, as far as there is such a command. */
const BESIDE = [CommandIDs.open, CommandIDs.editNotebook, CommandIDs.refresh];

interface IRowProps {
  dashboard: Dashboard;
  job: Job | undefined;
  isSelected: boolean;
  hasThumbnail: boolean;
  commands: CommandRegistry;
  client: Client;
  trans: TranslationBundle;
}

export const Row = memo(function Row(props: IRowProps): React.ReactElement {
  const { dashboard, job, commands, trans } = props;
  const { slug, title, question } = dashboard;
  return (
    <div className="dw-Row" role="gridcell" data-slug={slug} title={question}>
      {props.hasThumbnail && (
        <Thumbnail dashboard={dashboard} client={props.client} />
      )}
      <div className="dw-Row-text">
        <div className="dw-Row-title">
          <span>{title}</span>
          {dashboard.is_public && (
            <usersIcon.react
              tag="span"
              className="dw-Row-public"
              title={trans.__('Everybody may see it')}
            />
          )}
        </div>
        {job ? (
          <>
            <div className="dw-Row-about">{saying(job, trans)}</div>
            <Progress
              label={title}
              value={job.status === 'pending' ? null : job.progress}
            />
          </>
        ) : (
          <About dashboard={dashboard} trans={trans} />
        )}
      </div>
      <div className="dw-Row-actions">
        {BESIDE.filter(id => commands.isVisible(id, { slug })).map(id => (
          <Action key={id} id={id} slug={slug} commands={commands} />
        ))}
        <button
          type="button"
          tabIndex={-1}
          className="dw-IconButton"
          aria-haspopup="menu"
          title={trans.__('More')}
          aria-label={trans.__('More for %1', title)}
          onClick={openMenu}
        >
          <ellipsesIcon.react tag="span" />
        </button>
      </div>
    </div>
  );
});

interface IAboutProps {
  dashboard: Dashboard;
  trans: TranslationBundle;
}

/** The second line: how old the data is, what went wrong, tags. */
function About({ dashboard, trans }: IAboutProps): React.ReactElement {
  const { version, status, tags } = dashboard;
  const reason = dashboard.last_refresh_failure;
  return (
    <div className="dw-Row-about">
      {version && reason && (
        <span
          className="dw-Row-failure"
          title={trans.__('The last refresh failed. %1', reason)}
        >
          <failureIcon.react tag="span" />
          <span className="dw-Unseen">
            {trans.__('The last refresh failed. %1', reason)}
          </span>
        </span>
      )}
      {version ? (
        <span className="dw-Row-age">
          {trans.__('Data')}{' '}
          <RelativeTime
            time={dashboard.last_refresh_at ?? version.data_as_of}
            style="narrow"
          />
        </span>
      ) : (
        <span className={status === 'failed' ? 'dw-mod-failed' : ''}>
          {status === 'failed'
            ? trans.__('Could not be made')
            : trans.__('Has no page yet')}
        </span>
      )}
      {tags.length > 0 && <span className="dw-Tag">{tags[0]}</span>}
      {tags.length > 1 && (
        <span className="dw-Row-rest" title={tags.join(', ')}>
          +{tags.length - 1}
          <span className="dw-Unseen">{tags.slice(1).join(', ')}</span>
        </span>
      )}
    </div>
  );
}

interface IActionProps {
  id: string;
  slug: string;
  commands: CommandRegistry;
}

/** For the pointer alone: keyboards have the menu of the row and its keys. */
function Action({ id, slug, commands }: IActionProps): React.ReactElement {
  const args = { slug };
  const icon = commands.icon(id, args) as LabIcon | undefined;
  const label = commands.label(id, args);
  return (
    <button
      type="button"
      tabIndex={-1}
      className="dw-IconButton"
      title={commands.caption(id, args) || label}
      aria-label={label}
      disabled={!commands.isEnabled(id, args)}
      onClick={event => {
        event.stopPropagation();
        void commands.execute(id, args);
      }}
      onDoubleClick={event => {
        event.stopPropagation();
      }}
    >
      {icon && <icon.react tag="span" />}
    </button>
  );
}

/** The same menu as by the pointer's other button. */
function openMenu(event: React.MouseEvent<HTMLElement>): void {
  const { left, bottom } = event.currentTarget.getBoundingClientRect();
  const at = { clientX: left, clientY: bottom };
  event.currentTarget.dispatchEvent(
    new MouseEvent('contextmenu', { bubbles: true, cancelable: true, ...at })
  );
}
