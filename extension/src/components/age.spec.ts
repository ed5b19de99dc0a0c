import { describe, expect, it } from 'vitest';

import { exact, relative } from './age';

const NOW = Date.parse('2026-11-26T12:00:00Z');

describe('relative', () => {
  it.each([
    ['2026-11-26T11:59:40Z', 'now'],
    ['2026-11-26T11:58:59Z', '1 minute ago'],
    ['2026-11-26T09:30:00Z', '2 hours ago'],
    ['2026-11-25T12:00:00Z', 'yesterday'],
    ['2026-09-26T12:00:00Z', '2 months ago'],
    ['2026-11-26T13:00:00Z', 'in 1 hour']
  ])('says of %s: %s', (time, words) => {
    expect(relative(time, NOW, 'en')).toBe(words);
  });

  it("speaks the user's language", () => {
    expect(relative('2026-11-26T09:30:00Z', NOW, 'de')).toBe('vor 2 Stunden');
    expect(exact('2026-11-26T09:30:00Z', 'de')).toContain('2026');
  });
});
