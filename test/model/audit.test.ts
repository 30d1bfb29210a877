import { expect, test } from '@jest/globals';
import { rowsNaming } from '../../src/model/audit.ts';

test('rows name every resource once, a hundred each at most, and none is written for none', () => {
  const entry = { actor: 'fairlead', action: 'object-applied', subject: 'D-1', data: { target: 't' } };
  const names = Array.from({ length: 250 }, (_, index) => `/ConfigMap/shop/c${index}`);

  const rows = rowsNaming(entry, names);

  expect(rows.map(({ data }) => (data['resources'] as string[]).length)).toEqual([100, 100, 50]);
  expect(rows.flatMap(({ data }) => data['resources'])).toEqual(names);
  expect(rows[2]).toMatchObject({ ...entry, data: { target: 't' } });
  expect(rowsNaming(entry, [])).toEqual([]);
});
