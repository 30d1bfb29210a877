import { expect, test } from '@jest/globals';
import { orUnread } from '../../../src/features/review/users.ts';
import { type BorderCode, BorderError, FairleadError } from '../../../src/model/error.ts';

const facts = { code: 'x', message: 'it is gone', subject: 'acme/gitops', remedy: 'Look.' };
const border = (kind: BorderCode) => new BorderError({ ...facts, kind, status: 0 });
const { signal } = new AbortController();

const failing = (fault: Error, stop: AbortSignal = signal) =>
  orUnread('acme/gitops', stop, async () => {
    throw fault;
  });

test.each([
  ['of our own', new FairleadError(facts)],
  ['that a forge refuses', border('forbidden')],
  ['that a forge does not know', border('not-found')],
])('a fault %s makes a user unread', async (_title, fault) => {
  expect(await failing(fault)).toEqual({
    ...{ kind: 'unread', name: 'acme/gitops', reason: 'it is gone', remedy: 'Look.' },
  });
});

test.each([
  ['that passes', border('unavailable')],
  ['of a forge that has enough', border('limited')],
  ['of the program', new TypeError('a bug')],
])('a fault %s is thrown, so that the work is done again', async (_title, fault) => {
  await expect(failing(fault)).rejects.toBe(fault);
});

test('work that is replaced says nothing of a user', async () => {
  await expect(failing(new FairleadError(facts), AbortSignal.abort(new Error('replaced')))).rejects.toThrow('replaced');
});
