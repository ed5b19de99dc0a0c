import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId } from 'react';

import { Banner } from '../components/banner';
import { useSignals } from '../components/hooks';
import { Progress } from '../components/progress';
import { Copy } from '../working/copy';
import { Standing } from '../working/standing';
import { isLoopback } from './checking';
import { Embedding } from './embedding';
import { Links } from './links';
import { People } from './people';
import type { Sharing } from './sharing';

/** What starts the viewer. */
const UP = 'dashwright up';

export interface ISharingProps {
  sharing: Sharing;
  trans: TranslationBundle;
}

export function SharingBody(props: ISharingProps): React.ReactElement {
  const { sharing, trans } = props;
  useSignals(sharing.changed);
  if (!sharing.audience || !sharing.dashboard) {
    return sharing.error || sharing.isGone ? (
      <Standing work={sharing} trans={trans} />
    ) : (
      <Progress label={trans.__('Reads who sees it')} value={null} />
    );
  }
  return (
    <div className="dw-Sharing" aria-busy={sharing.isBusy}>
      <Standing work={sharing} trans={trans} />
      <Reach {...props} />
      <Address {...props} />
      <Everybody {...props} />
      <People {...props} />
      <Links {...props} />
      <Embedding {...props} />
    </div>
  );
}

/** Whether anybody else can come in at all. */
function Reach({ sharing, trans }: ISharingProps): React.ReactElement | null {
  const { about } = sharing.model;
  if (!about) {
    return null;
  }
  if (about.viewer === null) {
    return (
      <Banner kind="warning">
        {trans.__(
          'No viewer runs now, so nobody can look. What you say here holds as soon as one is started:'
        )}{' '}
        <code>{UP}</code>
      </Banner>
    );
  }
  if (!isLoopback(about.viewer)) {
    return null;
  }
  return (
    <Banner kind="info">
      {trans.__(
        'The viewer listens to this computer alone: whoever sits here sees everything, without an account, and nobody else can come in. What you say here holds as soon as others can:'
      )}{' '}
      <code>{`${UP} --host 0.0.0.0`}</code>{' '}
      {trans.__(
        'Then people sign in. An account is made by "dashwright user add", and public dashboards and links need none.'
      )}
    </Banner>
  );
}

function Address({ sharing, trans }: ISharingProps): React.ReactElement | null {
  const page = sharing.model.page(sharing.slug);
  const id = useId();
  return page === null ? null : (
    <div className="dw-Line">
      <label htmlFor={id}>{trans.__('Address')}</label>
      <input
        id={id}
        className="jp-mod-styled dw-Code"
        readOnly
        value={page}
        onFocus={event => {
          event.target.select();
        }}
      />
      <Copy
        text={page}
        label={trans.__('Copy the address of the page')}
        trans={trans}
      />
    </div>
  );
}

function Everybody({ sharing, trans }: ISharingProps): React.ReactElement {
  const name = useId();
  const { faults } = sharing;
  const choices = [
    {
      isPublic: false,
      label: trans.__('Private'),
      means: trans.__('You, admins, and whom you name below.')
    },
    {
      isPublic: true,
      label: trans.__('Public'),
      means: trans.__(
        'Everybody who reaches the viewer, without an account. It is in the list of dashboards, and its data can be taken home.'
      )
    }
  ];
  return (
    <fieldset
      className="dw-Part"
      aria-describedby={faults.public ? `${name}-error` : undefined}
    >
      <legend>{trans.__('Who sees it')}</legend>
      {choices.map(({ isPublic, label, means }) => (
        <label key={label} className="dw-Choice">
          <input
            type="radio"
            name={name}
            checked={sharing.isPublic === isPublic}
            onChange={() => {
              void sharing.setPublic(isPublic);
            }}
          />
          <span>
            <strong>{label}</strong>
            <span className="dw-Field-hint">{means}</span>
          </span>
        </label>
      ))}
      {faults.public && (
        <div id={`${name}-error`} className="dw-Field-error" role="alert">
          {faults.public}
        </div>
      )}
    </fieldset>
  );
}
