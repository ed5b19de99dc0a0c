// The 12-column grid: nothing overlaps, what is in the way moves down, and what can move up does.
import type { Position } from './nouns';

export const COLUMNS = 12;
/** Rows that one widget may have, and the last row that one may begin at. */
export const MOST_ROWS = 40;
export const LAST_ROW = 999;

export interface IPlaced {
  id: string;
  position: Position;
}

export type Places = readonly IPlaced[];

export function overlaps(a: Position, b: Position): boolean {
  return (
    a.x < b.x + b.width &&
    b.x < a.x + a.width &&
    a.y < b.y + b.height &&
    b.y < a.y + a.height
  );
}

/** Inside the grid: first as wide and high as asked for, as far as that goes, then where it fits. */
export function clamped({ x, y, width, height }: Position): Position {
  const wide = limit(width, 1, COLUMNS);
  return {
    x: limit(x, 0, COLUMNS - wide),
    y: limit(y, 0, LAST_ROW),
    width: wide,
    height: limit(height, 1, MOST_ROWS)
  };
}

/** With one at another place or of another size; the others make room for it. */
export function placedAt(places: Places, id: string, to: Position): IPlaced[] {
  const held = places.find(one => one.id === id);
  if (!held) {
    return [...places];
  }
  const target = clamped(to);
  const rest = inReadingOrder(places.filter(one => one !== held));
  const index = lastIndex(rest, one =>
    goesBefore(one.position, target, target.y - held.position.y)
  );
  rest.splice(index + 1, 0, { id, position: target });
  return inOrderOf(places, settled(rest));
}

/** With one moved by a key as far as it takes to change anything; the same where it cannot. */
export function steppedTo(
  places: Places,
  id: string,
  step: Partial<Record<'x' | 'y' | 'width' | 'height', 1 | -1>>
): IPlaced[] {
  const from = places.find(one => one.id === id)?.position;
  for (let times = 1; from && times <= MOST_ROWS; times++) {
    const to = { ...from };
    for (const [name, by] of Object.entries(step)) {
      to[name as keyof Position] += by * times;
    }
    const made = placedAt(places, id, to);
    const now = made.find(one => one.id === id)?.position;
    if (now && !isAt(now, from)) {
      return made;
    }
  }
  return [...places];
}

/** With every gap above a widget closed, and no two over each other. */
export function compacted(places: Places): IPlaced[] {
  return inOrderOf(places, settled(inReadingOrder(places)));
}

/**
 * Whether another one stays above the one that is held: not any more when this has
 * been moved past its middle.
 */
function goesBefore(other: Position, held: Position, down: number): boolean {
  if (!(other.x < held.x + held.width && held.x < other.x + other.width)) {
    return false;
  }
  const middle = other.y + other.height / 2;
  if (down > 0) {
    return middle < held.y + held.height;
  }
  return down < 0 ? middle <= held.y : other.y < held.y;
}

/** One after another: down where one before is in the way, else up as far as those before let it. */
function settled(order: Places): IPlaced[] {
  const done: IPlaced[] = [];
  for (const one of order) {
    const blocker = (y: number): IPlaced | undefined =>
      done.find(other => overlaps(other.position, { ...one.position, y }));
    let { y } = one.position;
    for (let found = blocker(y); found; found = blocker(y)) {
      y = found.position.y + found.position.height;
    }
    while (y > 0 && !blocker(y - 1)) {
      y--;
    }
    done.push({ ...one, position: { ...one.position, y } });
  }
  return done;
}

function isAt(one: Position, other: Position): boolean {
  return (
    one.x === other.x &&
    one.y === other.y &&
    one.width === other.width &&
    one.height === other.height
  );
}

/**
 * The same sizes in this order, as text flows: each beside the one before it where
 * there is room in its row, else below.
 */
export function flowed(places: Places): IPlaced[] {
  let [x, y, bottom] = [0, 0, 0];
  const done = places.map(one => {
    const { width, height } = one.position;
    if (x + width > COLUMNS) {
      [x, y] = [0, bottom];
    }
    const position = { x, y, width, height };
    x += width;
    bottom = Math.max(bottom, y + height);
    return { ...one, position };
  });
  return compacted(done);
}

/** As they are read on the page: from the top, and from the left. */
export function inReadingOrder<T extends { position: Position }>(
  places: readonly T[]
): T[] {
  return [...places].sort(
    (a, b) => a.position.y - b.position.y || a.position.x - b.position.x
  );
}

/** The first row below all. */
export function bottomOf(places: readonly { position: Position }[]): number {
  return Math.max(0, ...places.map(({ position: p }) => p.y + p.height));
}

function inOrderOf(order: Places, places: Places): IPlaced[] {
  const found = new Map(places.map(one => [one.id, one]));
  return order.map(({ id }) => found.get(id)).filter(one => one !== undefined);
}

function limit(value: number, least: number, most: number): number {
  return Math.min(most, Math.max(least, Math.round(value)));
}

function lastIndex<T>(
  items: readonly T[],
  holds: (item: T) => boolean
): number {
  return items.reduce((found, item, at) => (holds(item) ? at : found), -1);
}
