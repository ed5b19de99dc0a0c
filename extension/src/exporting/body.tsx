import type { TranslationBundle } from '@jupyterlab/translation';
import React, { useId } from 'react';

import type { ExportFormat } from '../api/nouns';
import { Field } from '../components/field';
import { useSignals } from '../components/hooks';
import { Progress } from '../components/progress';
import { Standing } from '../working/standing';
import type { Exporting } from './exporting';
import { formats } from './formats';

interface IExportingProps {
  exporting: Exporting;
  trans: TranslationBundle;
}

export function ExportingBody(props: IExportingProps): React.ReactElement {
  const { exporting, trans } = props;
  useSignals(exporting.changed);
  const name = useId();
  const all = Object.entries(formats(trans)) as [
    ExportFormat,
    ReturnType<typeof formats>[ExportFormat]
  ][];
  const number = exporting.dashboard?.version?.number;
  return (
    <div className="dw-Exporting" aria-busy={exporting.isBusy}>
      <Standing work={exporting} trans={trans} />
      <fieldset className="dw-Part">
        <legend>
          {number
            ? trans.__('Version %1, which viewers see, as', number)
            : trans.__('What viewers see, as')}
        </legend>
        {all.map(([format, { label, means }]) => (
          <label key={format} className="dw-Choice">
            <input
              type="radio"
              name={`${name}-format`}
              checked={exporting.format === format}
              onChange={() => {
                exporting.choose({ format });
              }}
            />
            <span>
              <strong>{label}</strong>
              <span className="dw-Field-hint">{means}</span>
            </span>
          </label>
        ))}
      </fieldset>
      <Target {...props} />
      {exporting.isBusy && exporting.dashboard && (
        <Progress label={trans.__('Fetches the file')} value={null} />
      )}
    </div>
  );
}

function Target({ exporting, trans }: IExportingProps): React.ReactElement {
  return (
    <div className="dw-Line">
      <Field label={trans.__('Where to')}>
        {control => (
          <select
            {...control}
            className="jp-mod-styled"
            value={exporting.target}
            onChange={event => {
              const target = event.target.value as Exporting['target'];
              exporting.choose({ target });
            }}
          >
            <option value="download">
              {trans.__('Downloads of this browser')}
            </option>
            <option value="folder">{trans.__('A folder of JupyterLab')}</option>
          </select>
        )}
      </Field>
      {exporting.target === 'folder' && (
        <Field
          label={trans.__('Folder')}
          hint={trans.__(
            'Below the one that JupyterLab shows first; nothing: that one. No file is written over.'
          )}
          error={exporting.folderFault}
        >
          {control => (
            <input
              {...control}
              className="jp-mod-styled"
              autoComplete="off"
              spellCheck={false}
              placeholder="/"
              value={exporting.folder}
              onChange={event => {
                exporting.choose({ folder: event.target.value });
              }}
            />
          )}
        </Field>
      )}
    </div>
  );
}
