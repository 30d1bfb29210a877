import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Engine, EngineStep, EngineWork } from '../../src/engines/engine.ts';
import type { Json } from '../../src/model/json.ts';

/** Commits of one target that every engine must be able to meet. */
export interface EngineCommits {
  readonly first: EngineWork;
  /** Another good commit of the same target. */
  readonly second: EngineWork;
  /** A commit of the same target that the server or controller will not take. */
  readonly broken: EngineWork;
}

/** An engine over something real or pretended. */
export interface EngineFixture {
  readonly engine: Engine;
  /** Commits of a target nobody has used yet. */
  commits(): Promise<EngineCommits>;
  /** Whether exactly this commit is what the cluster or controller holds for its target. */
  holds(work: EngineWork): Promise<boolean>;
  /** Everything that was changed so far, through the engine: objects written, syncs asked for. Dry-runs do not count. */
  writes(): number;
  /** Lets so much time pass: advances the clock, and lets a controller work. Milliseconds. */
  pass(milliseconds: number): Promise<void>;
  /** Ends what `open` began. */
  stop(): Promise<void>;
}

/** No engine needs more steps than this for what the contract asks. */
const mostSteps = 300;

const { signal } = new AbortController();

/**
 * What every engine must do when it carries a commit out. `open` is called once; each test has a target of its own. Which
 * objects the commits hold is the adapter's business.
 */
export function engineContract(name: string, open: () => Promise<EngineFixture>): void {
  describe(`${name} as an engine`, () => {
    let opened: EngineFixture | null = null;
    const fixtureOf = (): EngineFixture => {
      if (opened === null) throw new Error('the engine is not open yet');
      return opened;
    };
    beforeAll(async () => {
      opened = await open();
    }, 900_000);
    afterAll(async () => {
      await opened?.stop();
    });

    describeCarryingOut(fixtureOf);
    describeRestart(fixtureOf);
  });
}

function describeCarryingOut(fixtureOf: () => EngineFixture): void {
  test('carries out a commit and says so with counts', async () => {
    const { first } = await fixtureOf().commits();

    const last = await follow(fixtureOf(), first);

    expect(last).toMatchObject({ kind: 'applied' });
    expect(await fixtureOf().holds(first)).toBe(true);
    if (last.kind === 'applied') expect(last.counts.total).toBeGreaterThan(0);
  });

  test('says applied at exactly this commit only, also with the journal of another one', async () => {
    const { first, second } = await fixtureOf().commits();
    const before = await follow(fixtureOf(), first);

    const begun = await fixtureOf().engine.step(second, before.journal, signal);
    const isEarly = begun.kind === 'applied' && !(await fixtureOf().holds(second));
    const last = await follow(fixtureOf(), second, begun.journal);

    expect(isEarly).toBe(false);
    expect(last.kind).toBe('applied');
    expect(await fixtureOf().holds(second)).toBe(true);
    expect(await fixtureOf().holds(first)).toBe(false);
  });

  test('says every step what it waits for, and when to call again', async () => {
    const { first } = await fixtureOf().commits();

    const steps = await followAll(fixtureOf(), first);

    const waits = steps.filter((step) => step.kind === 'again');
    expect(waits.every(({ note }) => note.trim() !== '' && !note.includes('\n'))).toBe(true);
    expect(waits.every(({ afterMs }) => Number.isFinite(afterMs) && afterMs >= 0)).toBe(true);
  });

  test('tells a failure and its reason, and never says applied', async () => {
    const { broken } = await fixtureOf().commits();

    const steps = await followAll(fixtureOf(), broken);

    const last = steps.at(-1);
    expect(last).toMatchObject({ kind: 'failed' });
    if (last?.kind === 'failed') expect(last.reason).toMatch(/\S/);
    expect(await fixtureOf().holds(broken)).toBe(false);
  });

  test('recovers from a failed commit with the next good one', async () => {
    const { first, second, broken } = await fixtureOf().commits();
    await follow(fixtureOf(), first);
    await follow(fixtureOf(), broken);

    const last = await follow(fixtureOf(), second);

    expect(last.kind).toBe('applied');
    expect(await fixtureOf().holds(second)).toBe(true);
  });

  test('tells the health of what it carried out', async () => {
    const { first } = await fixtureOf().commits();
    const { journal } = await follow(fixtureOf(), first);

    const health = await fixtureOf().engine.status(first, journal, signal);

    expect(['healthy', 'progressing', 'failed', 'unknown']).toContain(health.state);
  });
}

function describeRestart(fixtureOf: () => EngineFixture): void {
  test('writes nothing when a commit is carried out again', async () => {
    const { first } = await fixtureOf().commits();
    await follow(fixtureOf(), first);
    const before = fixtureOf().writes();

    const last = await follow(fixtureOf(), first);

    expect(last).toMatchObject({ kind: 'applied', counts: { applied: 0, pruned: 0 } });
    expect(fixtureOf().writes()).toBe(before);
  });

  test('comes to the same end when every step is taken twice, as after a crash, and writes no more for it', async () => {
    const [plain, crashing] = [await fixtureOf().commits(), await fixtureOf().commits()];
    const start = fixtureOf().writes();
    const undisturbed = await follow(fixtureOf(), plain.first);
    const needed = fixtureOf().writes() - start;

    const last = await follow(fixtureOf(), crashing.first, null, { isCrashing: true });

    expect(last.kind).toBe(undisturbed.kind);
    expect(await fixtureOf().holds(crashing.first)).toBe(true);
    expect(fixtureOf().writes() - start - needed).toBe(needed);
  });

  test('says the same again when the last step is repeated', async () => {
    const { first } = await fixtureOf().commits();
    const last = await follow(fixtureOf(), first);
    const before = fixtureOf().writes();

    const repeated = await fixtureOf().engine.step(first, stored(last.journal), signal);

    expect(repeated.kind).toBe('applied');
    expect(fixtureOf().writes()).toBe(before);
  });

  test('keeps a journal that survives JSON, and ends the same from it', async () => {
    const { first } = await fixtureOf().commits();

    const steps = await followAll(fixtureOf(), first);

    for (const { journal } of steps) expect(stored(journal)).toEqual(journal);
  });
}

async function follow(
  fixture: EngineFixture,
  work: EngineWork,
  journal: Json = null,
  options: { readonly isCrashing: boolean } = { isCrashing: false },
): Promise<EngineStep> {
  const steps = await followAll(fixture, work, journal, options);
  const last = steps.at(-1);
  if (last === undefined) throw new Error('no step was taken');
  return last;
}

async function followAll(
  fixture: EngineFixture,
  work: EngineWork,
  journal: Json = null,
  { isCrashing }: { readonly isCrashing: boolean } = { isCrashing: false },
): Promise<readonly EngineStep[]> {
  const steps: EngineStep[] = [];
  let kept = journal;
  for (let count = 0; count < mostSteps; count += 1) {
    if (isCrashing) await fixture.engine.step(work, kept, signal);
    const step = await fixture.engine.step(work, kept, signal);
    steps.push(step);
    if (step.kind !== 'again') return steps;
    kept = stored(step.journal);
    await fixture.pass(step.afterMs);
  }
  throw new Error(`it never ended: ${JSON.stringify(steps.at(-1))}`);
}

function stored(journal: Json): Json {
  return JSON.parse(JSON.stringify(journal));
}
