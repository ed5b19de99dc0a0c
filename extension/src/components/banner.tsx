// What is said above other things: that something is wrong, and what can be done.
import React from 'react';

interface IBannerProps {
  kind: 'info' | 'warning' | 'error';
  children: React.ReactNode;
  /** What can be done about it. */
  action?: { label: string; act: () => void } | undefined;
}

/** It is read out when it appears: at once where it is an error. */
export function Banner({
  kind,
  children,
  action
}: IBannerProps): React.ReactElement {
  return (
    <div
      className={`dw-Banner dw-mod-${kind}`}
      role={kind === 'error' ? 'alert' : 'status'}
    >
      <div className="dw-Banner-text">{children}</div>
      {action && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal dw-Banner-action"
          onClick={action.act}
        >
          {action.label}
        </button>
      )}
    </div>
  );
}

interface IProblemProps {
  error: Error;
  retry?: { label: string; act: () => void } | undefined;
}

/** An error of the server's, in its own words. */
export function Problem({ error, retry }: IProblemProps): React.ReactElement {
  return (
    <Banner kind="error" action={retry}>
      {error.message}
    </Banner>
  );
}
