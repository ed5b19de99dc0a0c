import React, { useEffect, useState } from 'react';

import type { Client } from '../api/client';

interface IPictureProps {
  client: Client;
  slug: string;
  number: number;
  /** Said below it. */
  caption: string;
}

/** A small picture of a version; without one, its place stays empty. */
export function Picture(props: IPictureProps): React.ReactElement {
  const { client, slug, number, caption } = props;
  const [url, setUrl] = useState<string | null>(null);
  useEffect(() => {
    const leaving = new AbortController();
    let made: string | null = null;
    const path = `dashboards/${encodeURIComponent(slug)}/versions/${number}/thumbnail`;
    client
      .send(`${client.base}/${path}?theme=${themeOf()}`, {
        signal: leaving.signal
      })
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
  }, [client, slug, number]);
  return (
    <figure className="dw-Picture">
      {url ? <img src={url} alt="" /> : <div className="dw-Picture-none" />}
      <figcaption>{caption}</figcaption>
    </figure>
  );
}

function themeOf(): 'light' | 'dark' {
  return document.body.dataset['jpThemeLight'] === 'false' ? 'dark' : 'light';
}
