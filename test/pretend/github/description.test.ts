import { expect, test } from '@jest/globals';
import { loadContract } from '../../../src/pretend/github/description.ts';
import { routes } from '../../../src/pretend/github/routes.ts';

const contract = loadContract();

test.each(routes.map(({ operation }) => operation))('%s can be validated both ways', (operation) => {
  const status =
    [200, 201, 202, 204].find(
      (candidate) => contract.response(operation, candidate, {})[0] !== never(operation, candidate),
    ) ?? 0;

  const least = contract.complete(operation, status, undefined);

  expect(status).toBeGreaterThan(0);
  expect(contract.response(operation, status, least)).toEqual([]);
});

const never = (operation: string, status: number) => `${operation} never answers ${status}`;

test('says what is wrong with an answer', () => {
  const broken = contract.response('GET /repos/{owner}/{repo}', 200, { id: 'five' });

  expect(broken).toEqual(expect.arrayContaining(['answer/id: must be integer']));
});

test('fills up what is missing and keeps what is there', () => {
  const user = contract.completeSchema('simple-user', { login: 'mona', id: 5 });

  expect(user).toMatchObject({ login: 'mona', id: 5, site_admin: false, gravatar_id: null });
});
