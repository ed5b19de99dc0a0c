import type { LabIcon } from '@jupyterlab/ui-components';
import React from 'react';

interface IEmptyProps {
  icon?: LabIcon;
  title: string;
  children?: React.ReactNode;
}

/** What is shown where there is nothing yet: what it would be, and how to get it. */
export function Empty({
  icon,
  title,
  children
}: IEmptyProps): React.ReactElement {
  return (
    <div className="dw-Empty">
      {icon && <icon.react tag="div" className="dw-Empty-icon" />}
      <h3>{title}</h3>
      {children}
    </div>
  );
}
