import { expect, test } from '@jest/globals';
import type { Job } from '../../../../src/model/jobs.ts';
import { keyed } from '../../../contract/queue-fixtures.ts';
import { until } from '../../../support/until.ts';
import { killChild, type StoreChild } from '../sqlite/child.ts';
import { useWorkers } from './workers.ts';

const workers = useWorkers();
const soak = Number(process.env['FAIRLEAD_SOAK'] ?? 1);
const keys = 40;
const killsEach = 3;

/** A run of a job in one of the processes, in milliseconds; an interrupted one ends with its process. */
interface Run {
  readonly label: string;
  readonly begin: number;
  readonly end: number;
  readonly isDone: boolean;
}

test(
  'workers that are killed lose no job and do none of a key at once, and others take over within 15 s',
  async () => {
    // All at once on an empty database: they meet where its schema is made.
    const alive = await Promise.all([1, 2, 3, 4].map(() => workers.start('work')));
    const { queue } = await workers.open();
    const ended: Run[] = [];

    for (let round = 0; round < soak; round += 1) {
      const jobs = Array.from({ length: keys }, (_, key) => ofKey(round * keys + key)).flat();
      await Promise.all(jobs.map(({ job, key }) => queue.add(null, job, keyed(key))));
      for (let kill = 0; kill < killsEach; kill += 1) {
        const victim = await until('a worker that is busy', () => alive.find(isBusy), 20_000);
        alive.splice(alive.indexOf(victim), 1);
        await killChild(victim);
        ended.push(...runsOf(victim, Date.now()));
      }
      alive.push(...(await Promise.all(Array.from({ length: killsEach }, () => workers.start('work')))));
      await untilDone(() => queue.size());
    }

    const runs = [...ended, ...alive.flatMap((worker) => runsOf(worker, Date.now()))];
    const interrupted = ended.filter(({ isDone }) => !isDone);
    const rows = await workers.query("select state from pgboss.job where name = 'fairlead-jobs'");
    const [jobs, kills] = [5 * keys * soak, killsEach * soak];
    expect(rows).toHaveLength(jobs);
    expect(rows.filter(({ state }) => state !== 'completed')).toEqual([]);
    expect(new Set(runs.filter(({ isDone }) => isDone).map(({ label }) => label)).size).toBe(jobs);
    expect(interrupted.length).toBeGreaterThan(kills / 2);
    // Killed between the end of a job and the word of it to the database, it is done once more.
    expect(runs.length - jobs).toBeLessThanOrEqual(4 * kills);
    expect(overlaps(runs)).toEqual([]);
    expect(interrupted.map((run) => delay(run, runs)).filter((milliseconds) => milliseconds > 15_000)).toEqual([]);
    expect(alive.flatMap((worker) => [...worker.said('failed'), ...worker.said('fault')])).toEqual([]);
  },
  90_000 * soak,
);

function isBusy(worker: StoreChild): boolean {
  return worker.said('begun').length > worker.said('done').length;
}

/** Five jobs of a key, each of another kind, so that none takes another's place. */
function ofKey(number: number): readonly { readonly job: Job; readonly key: string }[] {
  const repo = { forge: 'github', id: number % 7, fullName: 'acme/shop', installation: 7 };
  const target = `k${number}`;
  // The label of a job is its target, which is of no use to the other kinds.
  const payload = { repo, target, wake: 'watch', pull: number };
  return (['board', 'drift', 'ended', 'sweep', 'tell'] as const).map((kind) => ({
    job: { kind, payload },
    key: target,
  }));
}

function runsOf(worker: StoreChild, now: number): readonly Run[] {
  const times = (word: string): readonly (readonly [string, number])[] =>
    worker.said(word).map((line) => {
      const [label = '', time = ''] = line.split(' ');
      return [label, Number(time)];
    });
  const done = new Map(times('done'));
  return times('begun').map(([label, begin]) => ({
    label,
    begin,
    end: done.get(label) ?? now,
    isDone: done.has(label),
  }));
}

function overlaps(runs: readonly Run[]): readonly string[] {
  const byKey = Map.groupBy(runs, ({ label }) => label.split('/')[1] ?? '');
  return [...byKey].flatMap(([key, ofIt]) => {
    const sorted = ofIt.toSorted((a, b) => a.begin - b.begin);
    return sorted.some((run, at) => at > 0 && run.begin < (sorted[at - 1]?.end ?? 0)) ? [key] : [];
  });
}

/** From the death of its process to the next begin of the job, in milliseconds. */
function delay(run: Run, runs: readonly Run[]): number {
  const next = runs.filter(({ label, begin }) => label === run.label && begin >= run.end).map(({ begin }) => begin);
  return Math.min(...next) - run.end;
}

async function untilDone(size: () => Promise<number>): Promise<void> {
  const end = Date.now() + 60_000;
  while ((await size()) > 0) {
    if (Date.now() > end) throw new Error('jobs are left');
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
