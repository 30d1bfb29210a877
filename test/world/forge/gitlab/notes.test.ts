import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { FaultKind } from '../../../../src/pretend/github/faults.ts';
import { bot, openPull, openStage, redacted, type Stage, team } from './setup.ts';

let stage: Stage;
let number: number;
beforeAll(async () => {
  stage = await openStage();
  number = await openPull(stage.project);
});
afterAll(async () => {
  expect(stage.gitlab.violations).toEqual([]);
  await stage.stop();
});

const thread = () => ({ kind: 'pull', number }) as const;
const ensure = (body: string) => stage.port.ensureComment(number, 'review', redacted(body), null);
const live = () => stage.project.comments(thread()).filter(({ author }) => author.username === bot);

test('adopts the note of a POST whose answer was lost', async () => {
  stage.gitlab.faults.add({ kind: 'bad-gateway-after-commit', method: 'POST', path: /notes$/ });

  await expect(ensure('lost')).rejects.toMatchObject({ kind: 'unavailable', status: 502 });
  const outcome = await ensure('lost');

  expect(outcome.did).toBe('unchanged');
  expect(live()).toHaveLength(1);
});

test('deletes twins of ours and keeps the oldest', async () => {
  const { id } = await ensure('kept');
  for (const { body } of live()) await stage.project.addComment(thread(), bot, body);

  const outcome = await ensure('kept anew');

  expect(outcome).toMatchObject({ id, did: 'edited' });
  expect(live().map(({ body }) => body)).toEqual([expect.stringMatching(/kept anew$/)]);
});

describe('what was edited', () => {
  test('is not told from a reaction by its time, so GraphQL is asked', async () => {
    const id = (await stage.project.addComment(thread(), 'mona', '/fairlead apply')) ?? 0;
    await stage.port.acknowledge(thread(), id, 'seen');

    expect(await stage.port.comment(thread(), id)).toMatchObject({ edited: false, author: 'mona', isBot: false });
  });

  test('counts as edited where GraphQL does not tell', async () => {
    const id = (await stage.project.addComment(thread(), 'mona', '/fairlead apply')) ?? 0;
    await stage.port.acknowledge(thread(), id, 'seen');
    const forbidden = { kind: 'forbidden', method: 'POST', path: /graphql/ } as const;
    stage.gitlab.faults.add(forbidden);

    expect(await stage.port.comment(thread(), id)).toMatchObject({ edited: true });
  });
});

test('a note of a token user is one of a bot', async () => {
  const { id } = await ensure('ours');

  expect(await stage.port.comment(thread(), id)).toMatchObject({ isBot: true, author: bot });
});

describe('people', () => {
  test('somebody who is blocked has no role and is in no group', async () => {
    stage.project.setLevel('leaver', 40);
    stage.gitlab.addMember(team, 'leaver');
    stage.gitlab.blockUser('leaver');

    expect(await stage.port.roleOf('leaver')).toBe('none');
    expect(await stage.port.isMember('leaver', team)).toBe(false);
  });

  test.each([
    [5, 'none'],
    [10, 'read'],
    [15, 'read'],
    [20, 'triage'],
    [30, 'write'],
    [40, 'maintain'],
    [50, 'admin'],
  ])('access level %i is the role %s', async (level, role) => {
    stage.project.setLevel('somebody', level);

    expect(await stage.port.roleOf('SomeBody')).toBe(role);
  });
});

interface Step {
  readonly body: string;
  readonly fault: FaultKind | null;
  readonly method: string;
  readonly isTogetherWithNext: boolean;
}

const step: fc.Arbitrary<Step> = fc.record({
  body: fc.constantFrom('plan A', 'plan B', '/approve'),
  fault: fc.constantFrom<FaultKind | null>(null, null, 'bad-gateway-after-commit', 'bad-gateway', 'unavailable'),
  method: fc.constantFrom('POST', 'PUT', 'DELETE'),
  isTogetherWithNext: fc.boolean(),
});

/** Calls as a queue that doubles and repeats would make them; failures are what the next call has to mend. */
async function play(steps: readonly Step[]): Promise<void> {
  let waiting: Promise<unknown>[] = [];
  for (const { body, fault, method, isTogetherWithNext } of steps) {
    if (fault !== null) stage.gitlab.faults.add({ kind: fault, method, path: /notes/ });
    waiting.push(ensure(body).catch((error: unknown) => error));
    if (!isTogetherWithNext) waiting = await Promise.all(waiting).then(() => []);
    expect(live().length).toBeLessThanOrEqual(1);
  }
  await Promise.all(waiting);
}

function clearFaults(): void {
  for (const method of ['POST', 'PUT', 'DELETE']) while (stage.gitlab.faults.take(method, '/notes') !== null);
}

test('exactly one note stands after calls that are doubled, reordered and cut off', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 40, maxLength: 40 }), async (steps) => {
      await stage.port.retireComment(number, 'review');
      await play(steps);
      clearFaults();

      await ensure('the end');

      expect(live().map(({ body }) => body)).toEqual([expect.stringMatching(/the end$/)]);
    }),
    { numRuns: 3 },
  );
  expect(stage.gitlab.executed).toEqual([]);
}, 120_000);
