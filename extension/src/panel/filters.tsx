import type { TranslationBundle } from '@jupyterlab/translation';
import {
  closeIcon,
  filterIcon,
  HTMLSelect,
  InputGroup
} from '@jupyterlab/ui-components';
import React, { useId, useState } from 'react';

import type { DashboardStatus } from '../api/nouns';
import type { IFilter } from '../model/listing';

interface IFiltersProps {
  trans: TranslationBundle;
  filter: IFilter;
  /** Tags that can be chosen from. */
  known: readonly string[];
  onFilter: (filter: IFilter) => void;
}

/** The search, and what else narrows the list down; the latter is shown when asked for or in use. */
export function Filters(props: IFiltersProps): React.ReactElement {
  const { trans, filter, onFilter } = props;
  const name = useId();
  const [isOpen, setOpen] = useState(false);
  const isInUse = filter.status.length + filter.tags.length > 0;
  return (
    <div className="dw-Filters" role="search">
      <div className="dw-Filters-search">
        <InputGroup
          type="search"
          rightIcon="ui-components:search"
          placeholder={trans.__('Search dashboards')}
          aria-label={trans.__('Search dashboards')}
          value={filter.search}
          maxLength={200}
          onChange={event => {
            onFilter({
              ...filter,
              search: event.target.value
            });
          }}
        />
        <button
          type="button"
          className="dw-IconButton"
          title={trans.__('Filter by status and tags')}
          aria-label={trans.__('Filter by status and tags')}
          aria-expanded={isOpen || isInUse}
          aria-controls={`${name}-more`}
          onClick={() => {
            setOpen(!isOpen);
          }}
        >
          <filterIcon.react tag="span" />
        </button>
      </div>
      <div id={`${name}-more`} hidden={!isOpen && !isInUse}>
        <Choices {...props} />
      </div>
    </div>
  );
}

function Choices({
  trans,
  filter,
  known,
  onFilter
}: IFiltersProps): React.ReactElement {
  const statuses: readonly [DashboardStatus, string][] = [
    ['completed', trans.__('Ready')],
    ['processing', trans.__('Being made')],
    ['pending', trans.__('Waiting')],
    ['failed', trans.__('Failed')]
  ];
  const free = known.filter(tag => !filter.tags.includes(tag));
  return (
    <div className="dw-Filters-more">
      <HTMLSelect
        aria-label={trans.__('Status')}
        value={filter.status[0] ?? ''}
        onChange={event => {
          const status = event.target.value as DashboardStatus | '';
          onFilter({ ...filter, status: status ? [status] : [] });
        }}
      >
        <option value="">{trans.__('Any status')}</option>
        {statuses.map(([status, label]) => (
          <option key={status} value={status}>
            {label}
          </option>
        ))}
      </HTMLSelect>
      {free.length > 0 && (
        <HTMLSelect
          aria-label={trans.__('Tag')}
          value=""
          onChange={event => {
            const tags = [...filter.tags, event.target.value];
            onFilter({ ...filter, tags });
          }}
        >
          <option value="">{trans.__('Any tag')}</option>
          {free.map(tag => (
            <option key={tag} value={tag}>
              {tag}
            </option>
          ))}
        </HTMLSelect>
      )}
      {filter.tags.map(tag => (
        <button
          key={tag}
          type="button"
          className="dw-Chip"
          aria-label={trans.__('Do not filter by the tag %1', tag)}
          onClick={() => {
            const tags = filter.tags.filter(one => one !== tag);
            onFilter({ ...filter, tags });
          }}
        >
          {tag}
          <closeIcon.react tag="span" />
        </button>
      ))}
    </div>
  );
}
