// The body of a dialog, drawn by React: `new DialogBody(initial, (value, set) => …)` for showDialog({ body }).
import type { Dialog } from '@jupyterlab/apputils';
import { ReactWidget } from '@jupyterlab/ui-components';
import type React from 'react';

export class DialogBody<T>
  extends ReactWidget
  implements Dialog.IBodyWidget<T>
{
  constructor(
    private _value: T,
    private readonly _draw: (
      value: T,
      set: (change: Partial<T>) => void
    ) => React.ReactElement
  ) {
    super();
    this.addClass('dw-DialogBody');
  }

  getValue(): T {
    return this._value;
  }

  override render(): React.ReactElement {
    return this._draw(this._value, change => {
      this._value = { ...this._value, ...change };
      this.update();
    });
  }
}
