import { expect, test } from '@jest/globals';
import type { Redactor } from '../../../src/formats/redaction/redactor.ts';
import { redactor } from './redacting.ts';

test.each([
  ['values that begin alike', 'postgres://shop is where the shop lives. '],
  ['nearly a long value at every place', 'a'],
  ['nothing of interest', 'kind: Deployment\n  name: web\n'],
])('takes time in proportion to a text of %s', (_what, unit) => {
  const subject = redactor();
  subject.learn(`${'a'.repeat(500)}b`);
  for (let index = 0; index < 1000; index += 1) subject.learn(`postgres://shop:password-${index}@db/shop`);

  const [one, other] = [200_000, 400_000].map((length) => quickest(subject, unit.repeat(length / unit.length)));

  expect((other ?? 0) / (one ?? 1)).toBeLessThan(3);
});

/** The least of several runs, in microseconds of the processor's own time: what else the machine does is not counted. */
function quickest(subject: Redactor, text: string): number {
  const times = Array.from({ length: 4 }, () => {
    const before = process.cpuUsage();
    subject.text(text);
    return process.cpuUsage(before).user;
  });
  return Math.min(...times);
}
