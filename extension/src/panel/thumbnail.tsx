import React, { useEffect, useState } from 'react';

import type { Client } from '../api/client';
import type { Dashboard } from '../api/nouns';
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
  const [url, setUrl] = useState<string | null>(null);
  // A server that makes no pictures tells of none.
  const isThere = 'thumbnail' in dashboard && Boolean(dashboard.thumbnail);
  const number = version?.number;
  useEffect(() => {
    if (!isThere) {
      return;
    }
    const leaving = new AbortController();
    let made: string | null = null;
    const address = `${client.base}/dashboards/${encodeURIComponent(slug)}/thumbnail`;
    client
      .send(address, { signal: leaving.signal })
      .then(async response => {
        made = URL.createObjectURL(await response.blob());
        setUrl(made);
      })
      .catch(() => {
        setUrl(null);
      });
    return () => {
      leaving.abort();
      if (made !== null) {
        URL.revokeObjectURL(made);
      }
    };
  }, [client, slug, number, isThere]);
  return (
    <div className="dw-Thumbnail" aria-hidden="true">
      {url ? <img src={url} alt="" /> : <dashboardsIcon.react tag="span" />}
    </div>
  );
}
