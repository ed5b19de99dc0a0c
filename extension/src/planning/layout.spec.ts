import { describe, expect, it } from 'vitest';

import {
  bottomOf,
  clamped,
  compacted,
  flowed,
  inReadingOrder,
  type IPlaced,
  overlaps,
  placedAt,
  steppedTo
} from './layout';

function at(id: string, x: number, y: number, width = 6, height = 4): IPlaced {
  return { id, position: { x, y, width, height } };
}

/** As "a0,0 b6,0". */
function told(places: readonly IPlaced[]): string {
  return places.map(({ id, position: { x, y } }) => `${id}${x},${y}`).join(' ');
}

const TWO_ROWS = [at('a', 0, 0), at('b', 6, 0), at('c', 0, 4, 12)];

describe('the grid', () => {
  it('pushes down what is in the way, and closes the gap', () => {
    expect(
      told(placedAt(TWO_ROWS, 'a', { x: 6, y: 0, width: 6, height: 4 }))
    ).toBe('a6,0 b6,4 c0,8');
    expect(
      told(placedAt(TWO_ROWS, 'c', { x: 0, y: 0, width: 12, height: 4 }))
    ).toBe('a0,4 b6,4 c0,0');
  });

  it('lets one pass another when it is past its middle', () => {
    const to = (y: number): string =>
      told(placedAt(TWO_ROWS, 'a', { x: 0, y, width: 6, height: 4 }));
    expect(to(1)).toBe(told(TWO_ROWS));
    expect(to(3)).toBe('a0,8 b6,0 c0,4');
  });

  it('makes room for one that grows', () => {
    expect(
      told(placedAt(TWO_ROWS, 'a', { x: 0, y: 0, width: 8, height: 6 }))
    ).toBe('a0,0 b6,6 c0,10');
  });

  it('keeps everything inside of its 12 columns', () => {
    expect(clamped({ x: 9, y: -2, width: 6, height: 99 })).toEqual({
      x: 6,
      y: 0,
      width: 6,
      height: 40
    });
    expect(clamped({ x: -3, y: 2000, width: 0, height: 0 })).toEqual({
      x: 0,
      y: 999,
      width: 1,
      height: 1
    });
  });

  it('moves by keys as far as it takes to change anything', () => {
    expect(told(steppedTo(TWO_ROWS, 'a', { y: 1 }))).toBe('a0,8 b6,0 c0,4');
    expect(told(steppedTo(TWO_ROWS, 'c', { y: -1 }))).toBe('a0,4 b6,4 c0,0');
    expect(steppedTo(TWO_ROWS, 'b', { x: 1 })).toEqual(TWO_ROWS);
    expect(steppedTo(TWO_ROWS, 'a', { width: -1 })[0]?.position.width).toBe(5);
  });

  it('comes out whole and compact whatever is done', () => {
    let places = TWO_ROWS;
    let seed = 7;
    const next = (below: number): number => {
      seed = (seed * 16_807) % 2_147_483_647;
      return seed % below;
    };
    for (let times = 0; times < 300; times++) {
      const id = 'abc'[next(3)] ?? 'a';
      const to = {
        x: next(12),
        y: next(14),
        width: 1 + next(12),
        height: 1 + next(6)
      };
      places = placedAt(places, id, to);
      const positions = places.map(({ position }) => position);
      expect(positions.every(p => p.x >= 0 && p.x + p.width <= 12)).toBe(true);
      const clash = positions.some((one, i) =>
        positions.slice(0, i).some(other => overlaps(one, other))
      );
      expect(clash).toBe(false);
      expect(compacted(places)).toEqual(places);
    }
  });

  it('flows in a given order, and is read from the top and the left', () => {
    const [a, b, c] = TWO_ROWS as [IPlaced, IPlaced, IPlaced];
    expect(told(flowed([c, b, a]))).toBe('c0,0 b0,4 a6,4');
    expect(inReadingOrder([c, b, a])).toEqual(TWO_ROWS);
    expect(bottomOf(TWO_ROWS)).toBe(8);
  });
});
