import {
  ToolbarButtonComponent,
  addIcon,
  refreshIcon
} from '@jupyterlab/ui-components';
import type { CommandRegistry } from '@lumino/commands';
import React, { useEffect, useId, useMemo } from 'react';

import { useSettled, useSignals } from '../components/hooks';
import { CommandIDs } from '../ids';
import { keyOf, type IFilter, type Section } from '../model/listing';
import type { IDashwright } from '../tokens';
import { Filters } from './filters';
import { List } from './list';
import { Notice } from './notice';

export interface IViewProps {
  commands: CommandRegistry;
  dashwright: IDashwright;
  filter: IFilter;
  onFilter: (filter: IFilter) => void;
  hasThumbnails: boolean;
}

export function View(props: IViewProps): React.ReactElement {
  const { commands, dashwright, filter, onFilter } = props;
  const { model, trans } = dashwright;
  const name = useId();
  useSignals(model.serverChanged);
  const search = useSettled(filter.search);
  const key = keyOf({ ...filter, search });
  const listing = useMemo(() => model.listing({ ...filter, search }), [key]);
  useSignals(listing.changed);
  useEffect(() => {
    void listing.load();
  }, [listing]);
  const tags = useMemo(
    () => [...new Set(listing.items.flatMap(one => one.tags))].sort(),
    [listing.items]
  );
  return (
    <>
      <div className="dw-Panel-toolbar">
        {commands.hasCommand(CommandIDs.new) && (
          <ToolbarButtonComponent
            icon={addIcon}
            label={trans.__('New dashboard')}
            tooltip={trans.__('Ask a question')}
            onClick={() => void commands.execute(CommandIDs.new)}
          />
        )}
        <span className="dw-Panel-space" />
        <ToolbarButtonComponent
          icon={refreshIcon}
          tooltip={trans.__('Read the list again')}
          onClick={() => {
            model.retry();
            void listing.load();
          }}
        />
      </div>
      <Tabs
        name={name}
        trans={trans}
        section={filter.section}
        onSection={section => {
          onFilter({ ...filter, section });
        }}
      />
      <Filters trans={trans} filter={filter} known={tags} onFilter={onFilter} />
      <Notice
        state={model.server}
        trans={trans}
        retry={() => {
          model.retry();
        }}
      />
      <div
        className="dw-Panel-list"
        role="tabpanel"
        id={`${name}-list`}
        aria-labelledby={`${name}-${filter.section}`}
      >
        <List {...props} listing={listing} />
      </div>
    </>
  );
}

interface ITabsProps {
  name: string;
  trans: IDashwright['trans'];
  section: Section;
  onSection: (section: Section) => void;
}

function Tabs({
  name,
  trans,
  section,
  onSection
}: ITabsProps): React.ReactElement {
  const labels: readonly [Section, string][] = [
    ['mine', trans.__('Mine')],
    ['shared', trans.__('Shared')],
    ['public', trans.__('Public')]
  ];
  const move = (event: React.KeyboardEvent): void => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step !== undefined) {
      const at = labels.findIndex(([one]) => one === section);
      const next = labels.at((at + step) % labels.length)?.[0] ?? section;
      onSection(next);
      document.getElementById(`${name}-${next}`)?.focus();
      event.preventDefault();
    }
  };
  return (
    <div
      className="dw-Tabs"
      role="tablist"
      aria-label={trans.__('Whose dashboards')}
      onKeyDown={move}
    >
      {labels.map(([one, label]) => (
        <button
          key={one}
          id={`${name}-${one}`}
          type="button"
          role="tab"
          aria-selected={one === section}
          aria-controls={`${name}-list`}
          tabIndex={one === section ? 0 : -1}
          onClick={() => {
            onSection(one);
          }}
        >
          {label}
        </button>
      ))}
    </div>
  );
}
