import { describe, expect, test } from '@jest/globals';
import { createRedactor } from '../../../src/formats/redaction/redactor.ts';
import { type TagScope, tagKey } from '../../../src/formats/redaction/tag-key.ts';
import { pickText } from '../../../src/model/json.ts';
import { base64, secret } from './redacting.ts';

const installation = new Uint8Array(32).fill(1);
const scope: TagScope = { repository: 'github:42', pull: 17, head: 'a'.repeat(40) };

const others: readonly (readonly [what: string, scope: TagScope])[] = [
  ['another repository', { ...scope, repository: 'github:43' }],
  ['another pull', { ...scope, pull: 18 }],
  ['no pull', { ...scope, pull: null }],
  ['another head', { ...scope, head: 'b'.repeat(40) }],
];

describe('tags of masked values', () => {
  const redactor = createRedactor({ key: new Uint8Array(32).fill(7) });
  const tagWithin = (within: TagScope | null, key = installation): Promise<string | undefined> => {
    const work = async () => {
      await Promise.resolve();
      return pickText(redactor.maskObject(secret({ data: { a: base64('open sesame') } })), 'data', 'a');
    };
    return within === null ? work() : redactor.within(key)(within, work);
  };

  test('are equal within one head of one pull', async () => {
    expect(await tagWithin(scope)).toBe(await tagWithin({ ...scope }));
  });

  test.each(others)('cannot be compared with those of %s', async (_what, other) => {
    expect(await tagWithin(other)).not.toBe(await tagWithin(scope));
  });

  test('cannot be compared with those of another installation, nor with those of no scope', async () => {
    expect(await tagWithin(scope, new Uint8Array(32).fill(2))).not.toBe(await tagWithin(scope));
    expect(await tagWithin(null)).not.toBe(await tagWithin(scope));
  });

  test('of reviews that run at once do not mix', async () => {
    const [one, other, again] = await Promise.all([
      tagWithin(scope),
      tagWithin({ ...scope, pull: 18 }),
      tagWithin(scope),
    ]);

    expect(one).toBe(again);
    expect(one).not.toBe(other);
  });

  test('are keyed as outside where there is no installation key', async () => {
    const within = redactor.within(null);
    const work = async () => pickText(redactor.maskObject(secret({ data: { a: base64('open') } })), 'data', 'a');

    expect(await within(scope, work)).toBe(await work());
  });
});

test('a tag key has 32 bytes and shows nothing of the installation key', () => {
  const key = tagKey(installation, scope);

  expect(key).toHaveLength(32);
  expect(Buffer.from(key).equals(Buffer.from(installation))).toBe(false);
});
