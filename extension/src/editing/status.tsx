// The line in the status bar about the notebook somebody works with, and what it opens.
import { type Popup, showPopup, TextItem } from '@jupyterlab/statusbar';
import { ReactWidget } from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React from 'react';

import { pageLocale } from '../components/age';
import { useNow, useSignals } from '../components/hooks';
import { CommandIDs } from '../ids';
import type { IDashwright } from '../tokens';
import type { IEdited, Links } from './links';
import { explanation, saying } from './words';

export class DraftStatus extends ReactWidget {
  constructor(
    private readonly _links: Links,
    private readonly _commands: CommandRegistry,
    private readonly _dashwright: IDashwright
  ) {
    super();
    this.addClass('dw-DraftStatus');
    this.addClass('jp-mod-highlighted');
  }

  protected override render(): React.ReactElement {
    return (
      <Line
        links={this._links}
        dashwright={this._dashwright}
        open={() => {
          this._open();
        }}
      />
    );
  }

  private _open(): void {
    const edited = this._links.current;
    if (this._popup && !this._popup.isDisposed) {
      this._popup.dispose();
      return;
    }
    if (!edited) {
      return;
    }
    const body = ReactWidget.create(
      <Explanation
        links={this._links}
        edited={edited}
        commands={this._commands}
        dashwright={this._dashwright}
        close={() => this._popup?.dispose()}
      />
    );
    body.addClass('dw-DraftPopup');
    this._popup = showPopup({
      body,
      anchor: this,
      align: 'left',
      hasDynamicSize: true
    });
  }

  private _popup: Popup | null = null;
}

interface ILineProps {
  links: Links;
  dashwright: IDashwright;
  open: () => void;
}

function Line({
  links,
  dashwright,
  open
}: ILineProps): React.ReactElement | null {
  useSignals(links.changed);
  const now = useNow();
  const { link } = links.current ?? {};
  if (!link) {
    return null;
  }
  const { text, mood } = saying(
    link.standing,
    link.draft,
    link.isEdited,
    now,
    pageLocale(),
    dashwright.trans
  );
  return (
    <button
      type="button"
      className="dw-DraftStatus-line"
      data-mood={mood}
      title={dashwright.trans.__('What this means, and what can be done')}
      onClick={open}
    >
      <TextItem source={text} />
    </button>
  );
}

interface IExplanationProps {
  links: Links;
  edited: IEdited;
  commands: CommandRegistry;
  dashwright: IDashwright;
  close: () => void;
}

function Explanation({
  links,
  edited: { link },
  commands,
  dashwright: { trans },
  close
}: IExplanationProps): React.ReactElement {
  useSignals(links.changed);
  const { standing, draft } = link;
  const args = { slug: link.slug };
  const command = (id: string): (() => void) | null =>
    commands.hasCommand(id)
      ? () => {
          void commands.execute(id, args);
        }
      : null;
  const isMergeable =
    standing.kind === 'parted' ||
    (draft !== null && (draft.conflicts > 0 || draft.is_stale));
  const offers: [string, (() => void) | null][] = [];
  if (standing.kind === 'waiting' || standing.kind === 'refused') {
    offers.push([
      trans.__('Try now'),
      () => void link.keep().catch(() => null)
    ]);
  }
  if (standing.kind !== 'gone') {
    if (isMergeable) {
      offers.push([trans.__('Merge…'), command(CommandIDs.mergeDraft)]);
    }
    offers.push([trans.__('Run as Dashboard'), command(CommandIDs.runDraft)]);
    if (draft && draft.changes > 0) {
      offers.push([trans.__('Publish…'), command(CommandIDs.publish)]);
    }
  }
  return (
    <div role="dialog" aria-label={trans.__('The draft')}>
      {explanation(standing, draft, trans).map(text => (
        <p key={text}>{text}</p>
      ))}
      <div className="dw-DraftPopup-offers">
        {offers.map(
          ([label, act]) =>
            act && (
              <button
                key={label}
                type="button"
                className="jp-mod-styled jp-mod-minimal"
                onClick={() => {
                  close();
                  act();
                }}
              >
                {label}
              </button>
            )
        )}
      </div>
    </div>
  );
}
