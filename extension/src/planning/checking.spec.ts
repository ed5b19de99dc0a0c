import { describe, expect, it } from 'vitest';

import { bar, plan } from '../testing/planning';
import { faultAt, foundAt } from './checking';

const one = plan({ widgets: [bar('a')] });

describe('problems', () => {
  it('of the schema are told at their field', () => {
    const at = (name: string, message = 'Field required'): unknown =>
      faultAt(one, { place: 'body', name, message });
    expect(at('widgets.0.bar.y.aggregate')).toEqual({
      part: { kind: 'widget', id: 'a' },
      field: 'y',
      sentence: 'Field required.'
    });
    expect(at('title')).toMatchObject({
      part: { kind: 'plan' },
      field: 'title'
    });
    expect(
      at('', "Value error, widgets 'x' and 'a' overlap on the grid")
    ).toMatchObject({ part: { id: 'a' }, field: '' });
  });

  it('of the data are told at the field whose column they name', () => {
    const sum =
      "The bar 'a' takes the sum of 'amount', which is text. Numbers are: none.";
    expect(foundAt(one, 'a', sum)).toMatchObject({
      part: { id: 'a' },
      field: 'y'
    });
    const lost = "Column 'region' is not in 'sales'. It has: amount.";
    expect(foundAt(one, 'a', lost).field).toBe('x');
    expect(foundAt(one, null, lost).part).toEqual({ kind: 'plan' });
  });
});
