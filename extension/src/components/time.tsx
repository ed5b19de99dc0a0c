import React from 'react';

import { exact, pageLocale, relative } from './age';
import { useNow } from './hooks';

interface IRelativeTimeProps {
  /** As the API has it. */
  time: string;
  style?: Intl.RelativeTimeFormatStyle;
}

/** "2 hours ago", kept right, with the moment itself as its title. */
export function RelativeTime({
  time,
  style = 'long'
}: IRelativeTimeProps): React.ReactElement {
  const now = useNow();
  const locale = pageLocale();
  return (
    <time dateTime={time} title={exact(time, locale)}>
      {relative(time, now, locale, style)}
    </time>
  );
}
