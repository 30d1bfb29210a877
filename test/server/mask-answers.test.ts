import { expect, test } from '@jest/globals';
import type { Answer } from '../../src/server/answer.ts';
import type { Asked } from '../../src/server/asked.ts';
import { maskAnswers } from '../../src/server/mask-answers.ts';

const asked: Asked = { method: 'GET', path: '/', headers: {}, readBody: async () => ({ kind: 'broken-off' }) };
const redact = (text: string): string => text.replaceAll('hunter-two', '(hidden)');

function answered(answer: Answer | null): Promise<Answer | null> {
  return maskAnswers(async () => answer, redact)(asked, false);
}

test('no answer shows a secret value, in its body or as plain text', async () => {
  const body = { error: 'hunter-two', list: [{ why: 'not hunter-two', count: 3, none: null }] };

  expect(await answered({ status: 503, body, isUnread: true })).toEqual({
    status: 503,
    isUnread: true,
    body: { error: '(hidden)', list: [{ why: 'not (hidden)', count: 3, none: null }] },
  });
  expect(await answered({ status: 200, body: {}, plain: { type: 'text/plain', text: 'a{b="hunter-two"} 1' } })).toEqual(
    {
      status: 200,
      body: {},
      plain: { type: 'text/plain', text: 'a{b="(hidden)"} 1' },
    },
  );
});

test('a request that is not answered stays so', async () => {
  expect(await answered(null)).toBeNull();
});
