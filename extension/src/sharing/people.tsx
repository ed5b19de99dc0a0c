import React, { useId } from 'react';

import { Field } from '../components/field';
import type { ISharingProps } from './body';
import { Named } from './named';

/** People with an account, and domains of their addresses. */
export function People({ sharing, trans }: ISharingProps): React.ReactElement {
  const list = useId();
  const { audience, accounts, value, faults } = sharing;
  return (
    <section className="dw-Part" aria-labelledby={`${list}-title`}>
      <h3 id={`${list}-title`}>{trans.__('People and domains')}</h3>
      <form
        className="dw-Line"
        noValidate
        onSubmit={event => {
          event.preventDefault();
          void sharing.add();
        }}
      >
        <Field
          label={trans.__('E-mail address or domain')}
          hint={trans.__(
            'They sign in, see it, and find it in their list. A domain stands for everybody whose account has such an address.'
          )}
          error={faults.whom}
        >
          {control => (
            <input
              {...control}
              className="jp-mod-styled"
              placeholder={trans.__('ada@example.org')}
              list={list}
              autoComplete="off"
              maxLength={320}
              value={value.whom}
              onChange={event => {
                sharing.write({ whom: event.target.value });
              }}
            />
          )}
        </Field>
        <datalist id={list}>
          {accounts.map(email => (
            <option key={email} value={email} />
          ))}
        </datalist>
        <button type="submit" className="jp-mod-styled">
          {trans.__('Add')}
        </button>
      </form>
      <Named
        label={trans.__('Shared with')}
        items={[
          ...(audience?.people ?? []).map(name => ({ name, about: '' })),
          ...(audience?.domains ?? []).map(name => ({
            name,
            about: trans.__('everybody with such an address')
          }))
        ]}
        removing={trans.__('Remove')}
        remove={whom => {
          void sharing.remove(whom);
        }}
      />
    </section>
  );
}
