import { afterAll, beforeAll, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FaultKind } from '../../../../src/pretend/github/faults.ts';
import { openPull, openStage, redacted, type Stage } from './setup.ts';

let stage: Stage;
let number: number;
beforeAll(async () => {
  stage = await openStage();
  await stage.repo.commit('topic', { 'apps/web.yaml': 'kind: Service\n' });
  number = await stage.repo.openPull({ title: 'Change web', author: 'mona', head: 'topic' });
});
afterAll(() => stage.stop());

const ensure = (body: string) => stage.port.ensureComment(number, 'review', redacted(body), null);
const live = () => stage.repo.comments(number).filter(({ author }) => author.type === 'Bot');

test('adopts the comment of a POST whose answer was lost', async () => {
  stage.github.faults.add({ kind: 'bad-gateway-after-commit', method: 'POST', path: /comments$/ });

  await expect(ensure('lost')).rejects.toMatchObject({ kind: 'unavailable', status: 502 });
  const outcome = await ensure('lost');

  expect(outcome.did).toBe('unchanged');
  expect(live()).toHaveLength(1);
});

test('deletes twins of ours and keeps the oldest', async () => {
  const { id } = await ensure('kept');
  // What a lost answer on another machine leaves behind: a second comment with our marker by our own user.
  for (const { body } of live()) await stage.repo.addComment(number, 'fairlead[bot]', body);

  const outcome = await ensure('kept anew');

  expect(outcome).toMatchObject({ id, did: 'edited' });
  expect(live().map(({ body }) => body)).toEqual([expect.stringMatching(/kept anew$/)]);
});

test('two calls at once make one comment', async () => {
  await stage.port.retireComment(number, 'review');

  const outcomes = await Promise.all([ensure('same'), ensure('same'), ensure('other')]);

  expect(outcomes.map(({ did }) => did)).toEqual(['created', 'unchanged', 'edited']);
  expect(live()).toHaveLength(1);
});

test('a failed call does not hold up the next one', async () => {
  stage.github.faults.add({ kind: 'unavailable', method: 'PATCH', path: /comments/ });

  const outcomes = await Promise.allSettled([ensure('fails'), ensure('follows')]);

  expect(outcomes.map(({ status }) => status)).toEqual(['rejected', 'fulfilled']);
});

test('a write that hangs ends at its deadline and is unavailable', async () => {
  const slow = await openStage({ pace: { write: 0, notify: 0, retry: 1, deadline: 300 } });
  const pull = await openPull(slow.repo);
  slow.github.faults.add({ kind: 'hang', method: 'POST', path: /comments$/ });

  const ensuring = slow.port.ensureComment(pull, 'review', redacted('body'), null);

  await expect(ensuring).rejects.toMatchObject({ kind: 'unavailable', status: 0 });
  await slow.stop();
});

interface Step {
  readonly body: string;
  readonly fault: FaultKind | null;
  readonly method: string;
  readonly isTogetherWithNext: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  body: fc.constantFrom('plan A', 'plan B', 'plan C'),
  fault: fc.constantFrom<FaultKind | null>(
    null,
    null,
    'bad-gateway-after-commit',
    'bad-gateway',
    'secondary-limit',
    'unavailable',
  ),
  method: fc.constantFrom('POST', 'PATCH', 'DELETE'),
  isTogetherWithNext: fc.boolean(),
});

/** Calls as a queue that doubles and repeats would make them; failures are what the next call has to mend. */
async function play(steps: readonly Step[]): Promise<void> {
  let waiting: Promise<unknown>[] = [];
  for (const { body, fault, method, isTogetherWithNext } of steps) {
    if (fault !== null) stage.github.faults.add({ kind: fault, method, path: /comments/ });
    waiting.push(ensure(body).catch((error: unknown) => error));
    if (!isTogetherWithNext) waiting = await Promise.all(waiting).then(() => []);
    expect(live().length).toBeLessThanOrEqual(1);
  }
  await Promise.all(waiting);
}

function clearFaults(): void {
  for (const method of ['POST', 'PATCH', 'DELETE']) while (stage.github.faults.take(method, '/comments') !== null);
}

test('exactly one comment stands after 50 calls that are doubled, reordered and cut off', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 50, maxLength: 50 }), async (steps) => {
      await stage.port.retireComment(number, 'review');
      await play(steps);
      clearFaults();

      await ensure('the end');

      expect(live().map(({ body }) => body)).toEqual([expect.stringMatching(/the end$/)]);
    }),
    { numRuns: 3 },
  );
  expect(stage.github.violations).toEqual([]);
}, 120_000);
