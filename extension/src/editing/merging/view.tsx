// Conflicts side by side: as it was, yours and theirs, cell by cell.
import type { IEditorServices } from '@jupyterlab/codeeditor';
import type { TranslationBundle } from '@jupyterlab/translation';
import { ReactWidget } from '@jupyterlab/ui-components';
import React, { useEffect, useRef } from 'react';

import type { Conflict } from '../../api/nouns';
import { Problem } from '../../components/banner';
import { useSignals } from '../../components/hooks';
import type { Choices, Take } from './choices';
import { Source } from './source';

interface IMergeProps {
  choices: Choices;
  services: IEditorServices;
  trans: TranslationBundle;
  close: () => void;
}

export class MergeView extends ReactWidget {
  constructor(private readonly _props: Omit<IMergeProps, 'close'>) {
    super();
    this.addClass('dw-Merge');
  }

  /** To the first cell, so that keys choose at once. */
  protected override onActivateRequest(): void {
    this.node.querySelector<HTMLElement>('.dw-Merge-cell')?.focus();
  }

  protected override render(): React.ReactElement {
    return (
      <Merge
        {...this._props}
        close={() => {
          (this.parent ?? this).dispose();
        }}
      />
    );
  }
}

/** Keys that choose for the cell that has the focus, unless somebody types. */
const KEYS: Record<string, Take> = { '1': 'mine', '2': 'theirs', '3': 'text' };

function Merge({
  choices,
  services,
  trans,
  close
}: IMergeProps): React.ReactElement {
  useSignals(choices.changed);
  const list = useRef<HTMLDivElement>(null);
  const { merge, left, isApplying, error } = choices;
  useEffect(() => {
    list.current?.querySelector<HTMLElement>('.dw-Merge-cell')?.focus();
  }, []);
  const apply = (): void => {
    void choices.apply().then(isDone => {
      if (isDone) {
        close();
      }
    });
  };
  const onKey = (event: React.KeyboardEvent): void => {
    if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      apply();
    }
    const step =
      event.altKey && !isTyping(event.target)
        ? ({ ArrowDown: 1, ArrowUp: -1 }[event.key] ?? 0)
        : 0;
    if (step !== 0) {
      event.preventDefault();
      move(list.current, step);
    }
  };
  return (
    <div className="dw-Merge-all" onKeyDown={onKey} ref={list}>
      <p className="dw-Merge-told">
        {trans.__(
          'These cells were changed on both sides. Choose for each which is taken; nothing is applied before all are decided. Keys: Alt with ↑ or ↓ goes to the next cell, 1, 2 and 3 choose, Ctrl Enter applies.'
        )}
      </p>
      <div className="dw-Merge-head">
        <div className="dw-Merge-actions">
          <span role="status">
            {left === 0
              ? trans.__('All are decided')
              : trans._n('%1 cell is left', '%1 cells are left', left)}
          </span>
          {(['mine', 'theirs'] as const).map(take => (
            <button
              key={take}
              type="button"
              className="jp-mod-styled jp-mod-minimal"
              onClick={() => {
                choices.chooseAll(take);
              }}
            >
              {trans.__('All: %1', merge.sides[take])}
            </button>
          ))}
          <button
            type="button"
            className="jp-mod-styled jp-mod-accept"
            disabled={left > 0 || isApplying}
            onClick={apply}
          >
            {trans.__('Apply')}
          </button>
        </div>
        {error && <Problem error={error} />}
      </div>
      {merge.conflicts.map(conflict => (
        <Cell
          key={conflict.cell}
          conflict={conflict}
          choices={choices}
          services={services}
          trans={trans}
        />
      ))}
    </div>
  );
}

interface ICellProps extends Omit<IMergeProps, 'close'> {
  conflict: Conflict;
}

function Cell({
  conflict,
  choices,
  services,
  trans
}: ICellProps): React.ReactElement {
  const { sides, name } = choices.merge;
  const title = name(conflict);
  const taken = choices.of(conflict.cell);
  const onKey = (event: React.KeyboardEvent): void => {
    const take = KEYS[event.key];
    if (take && !isTyping(event.target)) {
      event.preventDefault();
      choices.choose(conflict, take);
    }
  };
  const choice = (take: Take, label: string): React.ReactElement => (
    <label>
      <input
        type="radio"
        name={`dw-take-${conflict.cell}`}
        checked={taken === take}
        onChange={() => {
          choices.choose(conflict, take);
        }}
      />
      {label}
    </label>
  );
  const side = (which: 'base' | 'mine' | 'theirs'): React.ReactElement => {
    const text = conflict[which];
    return (
      <div className="dw-Merge-side" data-taken={taken === which || undefined}>
        <div className="dw-Merge-name">
          {which === 'base' ? sides.base : choice(which, sides[which])}
        </div>
        {text === null ? (
          <p>{trans.__('There is no such cell.')}</p>
        ) : (
          <Source
            services={services}
            text={text}
            compared={which === 'base' ? null : conflict.base}
            label={`${title}: ${sides[which]}`}
          />
        )}
      </div>
    );
  };
  return (
    <section
      className="dw-Merge-cell"
      tabIndex={-1}
      aria-label={title}
      onKeyDown={onKey}
    >
      <h3>{title}</h3>
      <div className="dw-Merge-sides">
        {side('base')}
        {side('mine')}
        {side('theirs')}
      </div>
      <div className="dw-Merge-name">
        {choice('text', trans.__('Edit it here'))}
      </div>
      {taken === 'text' && (
        <Source
          services={services}
          text={choices.text(conflict)}
          label={`${title}: ${trans.__('your text')}`}
          onChange={text => {
            choices.write(conflict, text);
          }}
        />
      )}
    </section>
  );
}

function isTyping(target: EventTarget): boolean {
  return (
    target instanceof HTMLElement &&
    target.closest('.cm-content[contenteditable="true"]') !== null
  );
}

/** Go to the next cell, or the one before. */
function move(list: HTMLElement | null, step: number): void {
  const cells = [
    ...(list?.querySelectorAll<HTMLElement>('.dw-Merge-cell') ?? [])
  ];
  const at = cells.findIndex(cell => cell.contains(document.activeElement));
  const next = at < 0 ? (step > 0 ? 0 : cells.length - 1) : at + step;
  cells[next]?.focus();
  cells[next]?.scrollIntoView({ block: 'nearest' });
}
