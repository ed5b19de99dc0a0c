import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId } from 'react';

import type { ShareLink } from '../api/nouns';
import { Field } from '../components/field';
import { RelativeTime } from '../components/time';
import { Copy } from '../working/copy';
import { moment } from '../working/time';
import type { ISharingProps } from './body';
import type { ITyped } from './sharing';

/** Addresses that open this dashboard to whoever has them. */
export function Links(props: ISharingProps): React.ReactElement {
  const { sharing, trans } = props;
  const title = useId();
  return (
    <section className="dw-Part" aria-labelledby={title}>
      <h3 id={title}>{trans.__('Links')}</h3>
      <p className="dw-Field-hint">
        {trans.__(
          'Whoever has a link sees this one dashboard, without an account. Ending it closes it for those who have opened it, too.'
        )}
      </p>
      <NewLink {...props} />
      <Made {...props} />
      <ul className="dw-Named" aria-label={trans.__('Links')}>
        {sharing.audience?.links.map(link => (
          <Link key={link.id} link={link} {...props} />
        ))}
      </ul>
    </section>
  );
}

function NewLink({ sharing, trans }: ISharingProps): React.ReactElement {
  const { value, faults } = sharing;
  return (
    <form
      className="dw-Line"
      noValidate
      onSubmit={event => {
        event.preventDefault();
        void sharing.makeLink();
      }}
    >
      <Field label={trans.__('Good for')}>
        {control => (
          <select
            {...control}
            className="jp-mod-styled"
            value={value.lifetime}
            onChange={event => {
              const lifetime = event.target.value as ITyped['lifetime'];
              sharing.write({ lifetime });
            }}
          >
            <option value="1">{trans.__('1 day')}</option>
            <option value="7">{trans.__('7 days')}</option>
            <option value="30">{trans.__('30 days')}</option>
            <option value="date">{trans.__('until a day')}</option>
            <option value="never">{trans.__('until I end it')}</option>
          </select>
        )}
      </Field>
      {value.lifetime === 'date' && (
        <Field label={trans.__('Last day')} error={faults.until}>
          {control => (
            <input
              {...control}
              type="date"
              className="jp-mod-styled"
              value={value.until}
              onChange={event => {
                sharing.write({ until: event.target.value });
              }}
            />
          )}
        </Field>
      )}
      <Field label={trans.__('Password (optional)')} error={faults.password}>
        {control => (
          <input
            {...control}
            type="password"
            className="jp-mod-styled"
            autoComplete="new-password"
            maxLength={1000}
            value={value.password}
            onChange={event => {
              sharing.write({ password: event.target.value });
            }}
          />
        )}
      </Field>
      <button type="submit" className="jp-mod-styled">
        {trans.__('Make a link')}
      </button>
    </form>
  );
}

function Made({ sharing, trans }: ISharingProps): React.ReactElement | null {
  const id = useId();
  const { made } = sharing;
  return (
    <div role="status">
      {made && (
        <div className="dw-Made">
          <label htmlFor={id}>
            {trans.__('Copy the new link now: it is not shown again.')}
          </label>
          <div className="dw-Line">
            <input
              id={id}
              className="jp-mod-styled dw-Code"
              readOnly
              value={made.url}
              onFocus={event => {
                event.target.select();
              }}
            />
            <Copy
              text={made.url}
              label={trans.__('Copy the new link')}
              trans={trans}
            />
          </div>
        </div>
      )}
    </div>
  );
}

function Link(props: ISharingProps & { link: ShareLink }): React.ReactElement {
  const { sharing, link, trans } = props;
  const over = overOf(link, Date.now(), trans);
  const parts = [
    over ??
      (link.expires_at
        ? trans.__('until %1', moment(link.expires_at))
        : trans.__('without an end')),
    link.has_password ? trans.__('with a password') : ''
  ];
  return (
    <li className={over ? 'dw-mod-over' : ''}>
      <span className="dw-Named-name">
        {trans.__('Made')} <RelativeTime time={link.created_at} />
      </span>
      <span className="dw-Field-hint">
        {parts.filter(Boolean).join(', ')}
        {' · '}
        {link.last_used_at ? (
          <>
            {trans.__('last used')} <RelativeTime time={link.last_used_at} />
          </>
        ) : (
          trans.__('never used')
        )}
      </span>
      {!over && (
        <button
          type="button"
          className="jp-mod-styled jp-mod-minimal"
          aria-label={trans.__('End the link made %1', moment(link.created_at))}
          onClick={() => {
            void sharing.endLink(link.id);
          }}
        >
          {trans.__('End')}
        </button>
      )}
    </li>
  );
}

/** Why a link opens nothing any more; null: it does. */
export function overOf(
  link: Pick<ShareLink, 'revoked_at' | 'expires_at'>,
  now: number,
  trans: TranslationBundle
): string | null {
  if (link.revoked_at) {
    return trans.__('ended');
  }
  return link.expires_at && Date.parse(link.expires_at) <= now
    ? trans.__('over')
    : null;
}
