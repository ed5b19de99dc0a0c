// A small drawing of each type of widget.
import React from 'react';

import type { WidgetType } from './nouns';

/** Paths in a square of 16; what is filled and what is drawn as a line. */
const GLYPHS: Record<WidgetType, { fill?: string; line?: string }> = {
  line: { line: 'M1 12 5 7 9 10 15 3' },
  area: { fill: 'M1 14V9l4-4 4 3 6-5v11z' },
  bar: { fill: 'M2 8h3v6H2zM6.5 3h3v11h-3zM11 6h3v8h-3z' },
  pie: {
    line: 'M8 2a6 6 0 1 1 0 12A6 6 0 0 1 8 2z',
    fill: 'M8 8V2a6 6 0 0 1 5.2 9z'
  },
  scatter: {
    fill: 'M3 10h2.5v2.5H3zM6 5h2.5v2.5H6zM9 9h2.5v2.5H9zM11 3h2.5v2.5H11z'
  },
  heatmap: {
    line: 'M2 2h12v12H2zM2 6h12M2 10h12M6 2v12M10 2v12',
    fill: 'M6 2h4v4H6zM10 6h4v4h-4zM2 10h4v4H2z'
  },
  histogram: {
    fill: 'M1.5 11h2.4v3H1.5zM4.2 7h2.4v7H4.2zM6.9 3h2.4v11H6.9zM9.6 6h2.4v8H9.6zM12.3 10h2.4v4h-2.4z'
  },
  box: { line: 'M8 1.5v3M8 11.5v3M5 1.5h6M5 14.5h6M4 4.5h8v7H4zM4 8h8' },
  metric: { line: 'M6 3 4.5 13M11.5 3 10 13M2.5 6h11M2 10h11' },
  table: { line: 'M2 3h12v10H2zM2 6.3h12M2 9.6h12M7 3v10' },
  map: {
    line: 'M2 4l4-1.5 4 1.5 4-1.5v10L10 14l-4-1.5L2 14zM6 2.5v10M10 4v10'
  },
  text: { line: 'M2 4h12M2 7.3h12M2 10.6h12M2 14h7' }
};

export function Glyph({ type }: { type: WidgetType }): React.ReactElement {
  const { fill, line } = GLYPHS[type];
  return (
    <svg className="dw-Plan-glyph" viewBox="0 0 16 16" aria-hidden="true">
      {fill && <path d={fill} fill="currentColor" />}
      {line && (
        <path d={line} fill="none" stroke="currentColor" strokeWidth="1.3" />
      )}
    </svg>
  );
}
