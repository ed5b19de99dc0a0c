import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import { VERSION } from '../api/about';
import { Banner } from '../components/banner';
import type { ServerState } from '../model/server';

interface INoticeProps {
  state: ServerState;
  trans: TranslationBundle;
  retry: () => void;
}

/** What is wrong with the server, and what to do; nothing while it is well. */
export function Notice({
  state,
  trans,
  retry
}: INoticeProps): React.ReactElement | null {
  const again = { label: trans.__('Try now'), act: retry };
  switch (state.kind) {
    case 'gone':
      return (
        <Banner kind="warning" action={again}>
          {trans.__(
            'The server does not answer. What you see may be out of date; Dashwright goes on trying.'
          )}
        </Banner>
      );
    case 'unusable':
      return (
        <Banner kind="error" action={again}>
          {state.error.message}
        </Banner>
      );
    case 'older':
      return (
        <Banner kind="error">
          {trans.__(
            'This page is of Dashwright %1, and the server runs %2. Start JupyterLab again, so that the server is of the same version.',
            VERSION,
            state.version
          )}
        </Banner>
      );
    case 'newer':
      return (
        <Banner
          kind="error"
          action={{
            label: trans.__('Reload'),
            act: () => {
              window.location.reload();
            }
          }}
        >
          {trans.__(
            'This page is of Dashwright %1, and the server runs %2. Save your work, and load the page again.',
            VERSION,
            state.version
          )}
        </Banner>
      );
    default:
      return null;
  }
}
