import { searchIcon } from '@jupyterlab/ui-components';
import React, { useCallback } from 'react';

import type { Dashboard } from '../api/nouns';
import { Problem } from '../components/banner';
import { Empty } from '../components/empty';
import { useSignals } from '../components/hooks';
import { Rows } from '../components/rows';
import { dashboardsIcon } from '../icons';
import { CommandIDs } from '../ids';
import type { Listing } from '../model/listing';
import { isUsable } from '../model/server';
import { Row } from './row';
import type { IViewProps } from './view';

/** Pixels of a row. */
const HEIGHT = 60;
const EXAMPLE =
  'dashwright new "How have life expectancy and income changed across the world?"';

interface IListProps extends IViewProps {
  listing: Listing;
}

export function List(props: IListProps): React.ReactElement | null {
  const { listing, dashwright, commands } = props;
  const { model, current, trans } = dashwright;
  useSignals(current.changed, model.jobChanged);
  const more = useCallback(() => void listing.more(), [listing]);
  const select = useCallback(
    (slug: string) => {
      current.slug = slug;
    },
    [current]
  );
  if (listing.items.length === 0) {
    return <Nothing {...props} />;
  }
  return (
    <>
      <Rows
        label={trans.__('Dashboards')}
        items={listing.items}
        keyOf={slugOf}
        height={HEIGHT}
        selected={current.slug}
        onSelect={select}
        onEnd={more}
        hasMore={listing.hasMore}
        onOpen={slug => void commands.execute(CommandIDs.preview, { slug })}
      >
        {(dashboard, isSelected) => (
          <Row
            dashboard={dashboard}
            job={model.jobs.get(dashboard.slug)}
            isSelected={isSelected}
            hasThumbnail={props.hasThumbnails}
            commands={commands}
            client={model.client}
            trans={trans}
          />
        )}
      </Rows>
      {listing.error && isUsable(model.server) && (
        <Problem
          error={listing.error}
          retry={{
            label: trans.__('Try again'),
            act: () => void listing.load()
          }}
        />
      )}
    </>
  );
}

/** What is shown instead of rows: why there are none, and how to get some. */
function Nothing({
  listing,
  dashwright,
  filter,
  onFilter,
  commands
}: IListProps): React.ReactElement | null {
  const { model, trans } = dashwright;
  if (!listing.isLoaded) {
    if (listing.error === null) {
      return <div className="dw-Panel-wait" aria-busy="true" />;
    }
    return isUsable(model.server) ? (
      <Problem
        error={listing.error}
        retry={{ label: trans.__('Try again'), act: () => void listing.load() }}
      />
    ) : null;
  }
  if (filter.search.trim() || filter.status.length + filter.tags.length > 0) {
    return (
      <Empty icon={searchIcon} title={trans.__('No dashboard fits')}>
        <button
          type="button"
          className="jp-mod-styled"
          onClick={() => {
            onFilter({ ...filter, search: '', status: [], tags: [] });
          }}
        >
          {trans.__('Show all')}
        </button>
      </Empty>
    );
  }
  if (filter.section === 'shared') {
    return (
      <Empty
        icon={dashboardsIcon}
        title={trans.__('Nothing is shared with you')}
      >
        <p>
          {trans.__(
            'Dashboards of others are listed here once they share them with you.'
          )}
        </p>
      </Empty>
    );
  }
  if (filter.section === 'public') {
    return (
      <Empty icon={dashboardsIcon} title={trans.__('Nothing is public')}>
        <p>
          {trans.__(
            'Dashboards that everybody may see are listed here, yours and those of others.'
          )}
        </p>
      </Empty>
    );
  }
  const canAsk = commands.hasCommand(CommandIDs.new);
  return (
    <Empty icon={dashboardsIcon} title={trans.__('Ask your first question')}>
      <p>
        {trans.__(
          'Dashwright finds data that answers it, or takes yours, and makes a notebook that you can edit here and a page that others can open.'
        )}
      </p>
      {canAsk ? (
        <button
          type="button"
          className="jp-mod-styled jp-mod-accept"
          onClick={() => void commands.execute(CommandIDs.new)}
        >
          {trans.__('New dashboard')}
        </button>
      ) : (
        <p>
          {trans.__('Ask in a terminal; --data takes a file or an address:')}
          <code>{EXAMPLE}</code>
        </p>
      )}
    </Empty>
  );
}

function slugOf(dashboard: Dashboard): string {
  return dashboard.slug;
}
