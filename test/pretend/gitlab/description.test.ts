import { expect, test } from '@jest/globals';
import { loadContract } from '../../../src/pretend/gitlab/description.ts';
import { routes } from '../../../src/pretend/gitlab/rest.ts';

const contract = loadContract();

test('every operation of the description is served, and nothing else', () => {
  const served = routes.map(({ operation }) => operation);

  expect(served.toSorted()).toEqual([...contract.operations.keys()].toSorted());
});

test('every operation names the page of the documentation it comes from', () => {
  for (const page of contract.operations.values()) expect(page).toMatch(/^https:\/\/docs\.gitlab\.com\/api\/\w+/);
});

test('a misspelt name, a wrong type and a missing field are faults', () => {
  const post = 'POST /projects/{id}/statuses/{sha}';
  const none = new URLSearchParams();

  expect(contract.request(post, none, { state: 'success', name: 'fairlead' })).toEqual([]);
  expect(contract.request(post, none, { state: 'done' })).not.toEqual([]);
  expect(contract.request(post, none, { name: 'fairlead' })).not.toEqual([]);
  expect(contract.request(post, none, { state: 'success', pipelineId: 7 })).not.toEqual([]);
  expect(contract.request('GET /users', new URLSearchParams('user=mona'), null)).toEqual([
    'unknown query parameter user',
  ]);
  expect(contract.request('GET /projects/{id}/pipelines', new URLSearchParams('page=zero'), null)).not.toEqual([]);
  expect(contract.request('GET /nowhere', none, null)).toEqual(['GET /nowhere is not in the description']);
});

test('an answer without a field it must have, or with another status, is a fault', () => {
  expect(contract.response('GET /users', 200, [{ id: 1 }])).not.toEqual([]);
  expect(contract.response('GET /users', 418, {})).toEqual(['GET /users never answers 418']);
});
