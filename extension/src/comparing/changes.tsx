import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { Difference } from '../api/nouns';
import { grouped, type IChange, titleOf } from './differences';

interface IChangesProps {
  differences: readonly Difference[];
  trans: TranslationBundle;
}

/** What is different, group by group. */
export function Changes({
  differences,
  trans
}: IChangesProps): React.ReactElement {
  const groups = grouped(differences, trans);
  if (groups.length === 0) {
    return <p>{trans.__('Nothing is different.')}</p>;
  }
  return (
    <div className="dw-Changes">
      {groups.map(({ kind, changes }) => (
        <section key={kind} className={`dw-Changes-${kind}`}>
          <h4>{titleOf(kind, trans)}</h4>
          <ul>
            {changes.map(change => (
              <Change key={change.key} of={change} trans={trans} />
            ))}
          </ul>
        </section>
      ))}
    </div>
  );
}

function Change(props: {
  of: IChange;
  trans: TranslationBundle;
}): React.ReactElement {
  const { of, trans } = props;
  const { change, text, detail } = of;
  const words = {
    added: trans.__('New'),
    removed: trans.__('Gone'),
    changed: trans.__('Changed')
  };
  return (
    <li>
      <span className={`dw-Badge dw-mod-${change}`}>{words[change]}</span>
      <span>
        {text}
        {detail && <span className="dw-Changes-detail"> · {detail}</span>}
      </span>
    </li>
  );
}
