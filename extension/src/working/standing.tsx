// How the work stands: that it goes on, what went wrong, and what can be done about it.
import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { ApiError } from '../api/errors';
import { Banner, Problem } from '../components/banner';
import type { Work } from './work';

interface IStandingProps {
  work: Work;
  trans: TranslationBundle;
  /** Whether a field beside says already what is wrong with it. */
  isSaidElsewhere?: boolean;
}

export function Standing(props: IStandingProps): React.ReactElement | null {
  const { work, trans } = props;
  const { error } = work;
  const again = {
    act: () => {
      void work.load();
    }
  };
  if (work.isGone) {
    return (
      <Banner kind="error">
        {trans.__(
          'This dashboard was deleted. Nothing can be changed any more.'
        )}
      </Banner>
    );
  }
  if (!error || props.isSaidElsewhere) {
    return null;
  }
  if (work.isStale) {
    return (
      <Banner
        kind="warning"
        action={{ ...again, label: trans.__('Read it again') }}
      >
        {trans.__(
          'Somebody else has changed it meanwhile, so nothing was done. What you have typed stays here.'
        )}
      </Banner>
    );
  }
  if (error instanceof ApiError && error.status === 403) {
    return (
      <Banner kind="warning">
        {trans.__('You can look, but not change this. %1', error.message)}
      </Banner>
    );
  }
  const isOutside =
    error instanceof ApiError && (error.isUnreachable || error.status >= 500);
  return (
    <Problem
      error={error}
      retry={isOutside ? { ...again, label: trans.__('Try again') } : undefined}
    />
  );
}
