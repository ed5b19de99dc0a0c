import React from 'react';

interface IProgressProps {
  /** What goes on, for who cannot see the bar. */
  label: string;
  /** Percent; null: nobody knows. */
  value: number | null;
}

export function Progress({ label, value }: IProgressProps): React.ReactElement {
  const known = value === null ? {} : { 'aria-valuenow': Math.round(value) };
  return (
    <div
      className="dw-Progress"
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      data-unknown={value === null || undefined}
      {...known}
    >
      <div style={{ width: `${value ?? 100}%` }} />
    </div>
  );
}
