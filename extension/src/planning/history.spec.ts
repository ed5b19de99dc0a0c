import { describe, expect, it } from 'vitest';

import { History, MOST_UNDONE } from './history';

describe('History', () => {
  it('takes edits back and does them again, by their names', () => {
    const history = new History('a');
    history.add('b', 'first');
    history.add('c', 'second');

    expect(history.undoable).toBe('second');
    expect([history.undo(), history.now.value]).toEqual([true, 'b']);
    expect([history.undoable, history.redoable]).toEqual(['first', 'second']);
    expect([history.redo(), history.now.value]).toEqual([true, 'c']);
    expect([history.redo(), history.now.value]).toEqual([false, 'c']);
  });

  it('has no way to what was undone after another edit', () => {
    const history = new History('a');
    history.add('b', 'first');
    history.undo();
    history.add('c', 'second');

    expect(history.redo()).toBe(false);
    history.undo();
    expect([history.now.value, history.undo()]).toEqual(['a', false]);
  });

  it('counts edits of one field as one while they come soon', () => {
    const history = new History('');
    history.add('h', 'title', 'title', 0);
    history.add('hi', 'title', 'title', 1000);
    history.add('hi!', 'title', 'title', 9000);
    history.add('x', 'other', 'other', 9001);

    history.undo();
    history.undo();
    expect(history.now.value).toBe('hi');
    history.undo();
    expect(history.now.value).toBe('');
  });

  it('gives each edit a number of its own, that an undo goes back to', () => {
    const history = new History('a');
    history.add('b', '');
    const { number } = history.now;
    history.add('c', '');
    expect(history.now.number).not.toBe(number);
    history.undo();
    expect(history.now.number).toBe(number);
  });

  it('forgets the oldest beyond what it keeps', () => {
    const history = new History(0);
    for (let value = 1; value <= MOST_UNDONE + 5; value++) {
      history.add(value, '');
    }
    Array.from({ length: MOST_UNDONE + 5 }, () => history.undo());
    expect(history.now.value).toBe(5);
  });
});
