import { setTimeout as delay } from 'node:timers/promises';
import type { Drift } from '../../model/drift.ts';
import { resourceKey } from '../../model/resource.ts';
import type { Baseline } from './baseline.ts';
import { driftRows } from './compare.ts';
import type { Doing } from './told.ts';

/** Milliseconds between two looks. */
const pause = 1_000;

/**
 * Why a field is not put back although the engine says that its commit is written; null when it is. A controller that wrote the
 * commit before may leave alone what was changed since. Throws what the cluster throws.
 */
export async function whyDrifted(row: Drift, baseline: Baseline, doing: Doing): Promise<string | null> {
  const { settlesMs } = baseline.engine.capabilities.drift;
  for (let left = settlesMs; left > 0; left -= pause) {
    if ((await look(row, baseline, doing)) === null) return null;
    await delay(pause, undefined, { signal: doing.signal });
  }
  return look(row, baseline, doing);
}

async function look(row: Drift, baseline: Baseline, { tools, signal }: Doing): Promise<string | null> {
  const { engine, target, commit, desired, declared } = baseline;
  const own = desired.filter(({ id }) => resourceKey(id) === resourceKey(row.resource));
  const set = await engine.predict(
    { ...target, digest: null, error: null },
    { base: own, head: own, declared },
    signal,
  );
  if (set.error !== null) return `It could not be read whether the field is put back. ${set.error}`;
  const { redact } = tools;
  const seen = { repo: row.repo, target, commit, manager: engine.manager, set, now: tools.now(), open: [row], redact };
  const isThere = driftRows(seen).some(({ id, resolvedAt }) => id === row.id && resolvedAt === null);
  return isThere
    ? `The commit is written there, but the field still differs. ${engine.capabilities.drift.remedy}`
    : null;
}
