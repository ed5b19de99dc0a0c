import React from 'react';

import type { Client } from '../api/client';
import type { Dashboard } from '../api/nouns';
import { usePicture } from '../components/hooks';
import { dashboardsIcon } from '../icons';

interface IThumbnailProps {
  dashboard: Dashboard;
  client: Client;
}

/** A picture of the page, or what stands for one. It says nothing that the row does not. */
export function Thumbnail({
  dashboard,
  client
}: IThumbnailProps): React.ReactElement {
  const { slug, version } = dashboard;
  // A server that makes no pictures tells of none.
  const isThere = 'thumbnail' in dashboard && Boolean(dashboard.thumbnail);
  const path = `dashboards/${encodeURIComponent(slug)}/thumbnail`;
  const url = usePicture(client, isThere ? path : null, version?.number);
  return (
    <div className="dw-Thumbnail" aria-hidden="true">
      {url ? <img src={url} alt="" /> : <dashboardsIcon.react tag="span" />}
    </div>
  );
}
