import type { TranslationBundle } from '@jupyterlab/translation';
import React from 'react';

import type { IBar } from './viewing';

interface IChartProps {
  bars: readonly IBar[];
  trans: TranslationBundle;
}

const WIDTH = 720;
const HEIGHT = 160;

/** Views over time. The same numbers are in the table that belongs to it. */
export function Chart({ bars, trans }: IChartProps): React.ReactElement {
  const most = Math.max(1, ...bars.map(bar => bar.views));
  const step = WIDTH / Math.max(1, bars.length);
  const day = new Intl.DateTimeFormat(undefined, {
    day: 'numeric',
    month: 'short',
    timeZone: 'UTC'
  });
  const name = (bar: IBar | undefined): string =>
    bar ? day.format(Date.parse(bar.day)) : '';
  return (
    <figure className="dw-Chart">
      <div className="dw-Chart-most">{most}</div>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={trans.__('Views over time, at most %1', most)}
      >
        {bars.map((bar, index) => {
          const height = (bar.views / most) * (HEIGHT - 2);
          return (
            <rect
              key={bar.day}
              x={index * step + step * 0.1}
              y={HEIGHT - height}
              width={step * 0.8}
              height={height}
            >
              <title>{trans.__('%1: %2 views', name(bar), bar.views)}</title>
            </rect>
          );
        })}
      </svg>
      <figcaption>
        <span>{name(bars[0])}</span>
        <span>{name(bars.at(-1))}</span>
      </figcaption>
    </figure>
  );
}
