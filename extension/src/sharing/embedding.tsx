import React, { useId } from 'react';

import { Field } from '../components/field';
import { Copy } from '../working/copy';
import type { ISharingProps } from './body';
import { embedding } from './checking';
import { Named } from './named';

/** Pages that show the dashboard in a frame. */
export function Embedding(props: ISharingProps): React.ReactElement {
  const { sharing, trans } = props;
  const { audience, dashboard, value, faults } = sharing;
  const id = useId();
  const page = sharing.model.page(sharing.slug);
  const origins = audience?.embed_origins ?? [];
  const code =
    page && origins.length > 0 ? embedding(page, dashboard?.title ?? '') : null;
  return (
    <section className="dw-Part" aria-labelledby={`${id}-title`}>
      <h3 id={`${id}-title`}>{trans.__('In other pages')}</h3>
      <form
        className="dw-Line"
        noValidate
        onSubmit={event => {
          event.preventDefault();
          void sharing.embed();
        }}
      >
        <Field
          label={trans.__('Site that may show it')}
          hint={trans.__(
            'Its pages may show this dashboard in a frame, to whoever may see it. That gives nobody a right.'
          )}
          error={faults.origin}
        >
          {control => (
            <input
              {...control}
              className="jp-mod-styled"
              placeholder={trans.__('https://intranet.example.org')}
              autoComplete="off"
              maxLength={300}
              value={value.origin}
              onChange={event => {
                sharing.write({ origin: event.target.value });
              }}
            />
          )}
        </Field>
        <button type="submit" className="jp-mod-styled">
          {trans.__('Allow')}
        </button>
      </form>
      <Named
        label={trans.__('Sites that may show it')}
        items={origins.map(name => ({ name, about: '' }))}
        removing={trans.__('Remove')}
        remove={origin => {
          void sharing.unembed(origin);
        }}
      />
      {code && (
        <div className="dw-Line">
          <label htmlFor={`${id}-code`}>{trans.__('Code for the page')}</label>
          <textarea
            id={`${id}-code`}
            className="jp-mod-styled dw-Code"
            readOnly
            rows={2}
            value={code}
          />
          <Copy
            text={code}
            label={trans.__('Copy the code for the page')}
            trans={trans}
          />
        </div>
      )}
    </section>
  );
}
