import { isJsonList, type JsonObject, pick, pickText } from '../../model/json.ts';
import type { ResourceId } from '../../model/resource.ts';
import { mapConcurrently } from '../../tools/each.ts';
import type { Halt } from './judge-refusal.ts';
import type { Pair } from './pair-resources.ts';
import type { Run } from './run.ts';
import { definitionStage, stageOf } from './stages.ts';

/**
 * Whether every kind that the commit defines is served: its definition says Established and NamesAccepted, and discovery lists
 * its versions. Null when all are; else what is missing.
 */
export async function awaitKinds(run: Run): Promise<Extract<Halt, { kind: 'wait' }> | null> {
  const { cluster, concurrency } = run.options;
  const definitions = run.pairs.filter(({ id }) => stageOf(id) === definitionStage);
  const notes = await mapConcurrently(definitions, concurrency, async ({ id }) => {
    const live = await cluster.get(id, run.signal);
    const note = live === null ? `${id.name} is gone again` : (unmetCondition(id, live) ?? unlisted(run, id, live));
    return note === null ? null : { kind: 'wait' as const, note, resource: id };
  });
  return notes.find((one) => one !== null) ?? null;
}

/** Whether a stage defines kinds. */
export function definesKinds(pairs: readonly Pair[]): boolean {
  return pairs.some(({ id }) => stageOf(id) === definitionStage);
}

function unmetCondition({ name }: ResourceId, live: JsonObject): string | null {
  const listed = pick(live, 'status', 'conditions');
  const conditions = isJsonList(listed) ? listed : [];
  for (const type of ['NamesAccepted', 'Established']) {
    const condition = conditions.find((one) => pickText(one, 'type') === type);
    if (pickText(condition, 'status') === 'True') continue;
    const message = pickText(condition, 'message');
    return `${name} is not ${type}${message === undefined ? ' yet' : `: ${message}`}`;
  }
  return null;
}

function unlisted({ discovery }: Run, { name }: ResourceId, live: JsonObject): string | null {
  const versions = pick(live, 'spec', 'versions');
  const group = pickText(live, 'spec', 'group') ?? '';
  const kind = pickText(live, 'spec', 'names', 'kind') ?? '';
  const missing = (isJsonList(versions) ? versions : [])
    .filter((version) => pick(version, 'served') === true)
    .map((version) => pickText(version, 'name') ?? '')
    .find((version) => discovery.find({ group, version, kind }) === undefined);
  return missing === undefined ? null : `${name}: the cluster does not list version ${missing} yet`;
}
