import React, { useMemo } from 'react';

import type { Client } from '../api/client';
import { usePicture } from '../components/hooks';

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
  const path = useMemo(
    () =>
      `dashboards/${encodeURIComponent(slug)}/versions/${number}/thumbnail?theme=${themeOf()}`,
    [slug, number]
  );
  const url = usePicture(client, path);
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
