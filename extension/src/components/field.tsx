// A labelled control of a dialog, with a hint and the server's objection.
import React, { useId } from 'react';

interface IFieldProps {
  label: string;
  hint?: string | undefined;
  /** What is wrong with the value. */
  error?: string | undefined;
  /** Gets what the control needs, so that label, hint and error belong to it. */
  children: (control: {
    id: string;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean;
  }) => React.ReactNode;
}

export function Field({
  label,
  hint,
  error,
  children
}: IFieldProps): React.ReactElement {
  const id = useId();
  const said = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean);
  return (
    <div className="dw-Field">
      <label htmlFor={id}>{label}</label>
      {children({
        id,
        'aria-describedby': said.join(' ') || undefined,
        'aria-invalid': error !== undefined
      })}
      {hint && (
        <div id={`${id}-hint`} className="dw-Field-hint">
          {hint}
        </div>
      )}
      {error && (
        <div id={`${id}-error`} className="dw-Field-error" role="alert">
          {error}
        </div>
      )}
    </div>
  );
}
