import { caretDownIcon, HTMLSelect } from '@jupyterlab/ui-components';
import React, { useState } from 'react';

import { Field } from '../components/field';
import type { IDashwright } from '../tokens';
import type { Form } from './form';
import { sourceText } from './wording';

interface IPreferencesProps {
  form: Form;
  trans: IDashwright['trans'];
}

/** What has defaults that mostly do: folded away, unless something there is wrong or was changed. */
export function Preferences({
  form,
  trans
}: IPreferencesProps): React.ReactElement {
  const { title, planner, sources, hasSamples, charts } = form.question;
  const faults = Object.keys(form.faults).filter(name => name !== 'text');
  const isChanged =
    title !== '' ||
    planner !== 'auto' ||
    sources.length > 0 ||
    !hasSamples ||
    charts !== '';
  const [isOpen, setOpen] = useState(isChanged);
  return (
    <details
      className="dw-New-more"
      open={isOpen || faults.length > 0}
      onToggle={({ currentTarget }) => {
        setOpen(currentTarget.open);
      }}
    >
      <summary>
        <caretDownIcon.react tag="span" />
        {trans.__('Options')}
      </summary>
      <div className="dw-New-grid">
        <Field
          label={trans.__('Title')}
          hint={trans.__('Left empty, it follows from the question.')}
          error={form.faults.title}
        >
          {control => (
            <input
              {...control}
              className="jp-mod-styled"
              maxLength={255}
              value={title}
              onChange={({ target }) => {
                form.set({ title: target.value });
              }}
            />
          )}
        </Field>
        <Field
          label={trans.__('Most charts')}
          hint={trans.__('1 to 24; 12 if left empty.')}
          error={form.faults.charts}
        >
          {control => (
            <input
              {...control}
              className="jp-mod-styled"
              type="number"
              min={1}
              max={24}
              value={charts}
              onChange={({ target }) => {
                form.set({ charts: target.value });
              }}
            />
          )}
        </Field>
        <Planner form={form} trans={trans} />
        <label className="dw-New-check">
          <input
            type="checkbox"
            checked={hasSamples}
            disabled={planner === 'offline'}
            onChange={({ target }) => {
              form.set({ hasSamples: target.checked });
            }}
          />
          <span>
            {trans.__('An AI may see values of the data')}
            <span className="dw-Field-hint">
              {trans.__(
                'Else it is told names and kinds of columns, and numbers about them.'
              )}
            </span>
          </span>
        </label>
      </div>
      <Sources form={form} trans={trans} />
    </details>
  );
}

function Planner({ form, trans }: IPreferencesProps): React.ReactElement {
  const { planner } = form.question;
  const known = new Set([...form.planners, 'auto', 'offline', planner]);
  const words: Record<string, string> = {
    auto: trans.__('As the server is set'),
    offline: trans.__('Rules, without AI'),
    gemini: trans.__('Gemini'),
    openai: trans.__('OpenAI'),
    perplexity: trans.__('Perplexity'),
    compatible: trans.__("The organisation's own AI")
  };
  const hints: Record<string, string> = {
    auto: trans.__('Rules plan where no AI is set up, or none answers.'),
    offline: trans.__('Nothing about your question or data is told to an AI.')
  };
  const others = trans.__(
    'If it does not answer or has no key, rules plan instead.'
  );
  return (
    <Field
      label={trans.__('Who plans')}
      hint={hints[planner] ?? others}
      error={form.faults.planner}
    >
      {control => (
        <HTMLSelect
          {...control}
          className="jp-mod-styled"
          value={planner}
          onChange={({ target }) => {
            form.set({ planner: target.value });
          }}
        >
          {[...known].map(name => (
            <option key={name} value={name}>
              {words[name] ?? name}
            </option>
          ))}
        </HTMLSelect>
      )}
    </Field>
  );
}

function Sources({
  form,
  trans
}: IPreferencesProps): React.ReactElement | null {
  const searchable = form.sources.filter(one => one.has_search);
  if (searchable.length === 0) {
    return null;
  }
  const { sources } = form.question;
  const shown =
    sources.length > 0
      ? sources
      : searchable.filter(one => one.is_default).map(one => one.name);
  return (
    <fieldset className="dw-New-sources">
      <legend>{trans.__('Where data is looked for')}</legend>
      {searchable.map(({ name, failure }) => (
        <label key={name} className="dw-New-check" title={failure ?? undefined}>
          <input
            type="checkbox"
            checked={shown.includes(name)}
            onChange={({ target }) => {
              const rest = shown.filter(one => one !== name);
              form.set({ sources: target.checked ? [...rest, name] : rest });
            }}
          />
          <span>
            {sourceText(name)}
            {failure !== null && (
              <span className="dw-Field-hint">
                {trans.__('did not answer lately')}
              </span>
            )}
          </span>
        </label>
      ))}
      {form.faults.sources !== undefined && (
        <div className="dw-Field-error" role="alert">
          {form.faults.sources}
        </div>
      )}
    </fieldset>
  );
}
