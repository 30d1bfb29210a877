import { BorderError, FairleadError } from '../model/error.ts';
import type { Meter } from '../tools/metrics/metrics.ts';
import type { Forge } from '../world/forge/forge.ts';
import type { Queue } from '../world/store/queue.ts';
import type { Store } from '../world/store/store.ts';
import type { Answer } from './answer.ts';
import { createProbe, type Look, type ProbePace } from './probe.ts';

/** What readiness is read from. */
export interface ReadinessParts {
  readonly store: Pick<Store, 'deployments' | 'repos'>;
  readonly queue: Pick<Queue, 'stats'>;
  readonly forges: readonly Pick<Forge, 'name' | 'proveAccess' | 'repo'>[];
  /** Whether this process runs jobs; one that only takes webhooks in is not at fault for what waits. */
  readonly isWorker: boolean;
  readonly meter: Meter;
  /** Milliseconds; the default suits production. */
  readonly oldestDue?: number;
}

/** Whole answers come within a second: each part is waited for less long, all at once. */
const patience = 800;
const often: ProbePace = { freshFor: () => 1_000, patience };
/** Proving access takes requests out of the forge's budget; a fault is looked at again sooner. */
const seldom: ProbePace = { freshFor: ({ kind }) => (kind === 'well' ? 60_000 : 5_000), patience };

const usualOldestDue = 5 * 60_000;

/** What stands of a part in the answer. `degraded`: told, but no reason to take the process out of service. */
type Part = { readonly status: 'ok' } | { readonly status: 'failed' | 'degraded'; readonly reason: string };

/**
 * Says whether webhooks should be sent here: the store answers, the queue moves on, and every forge has taken our credentials once
 * since the start. A forge that is down later is only told: what it sends meanwhile is kept, and taking us out of service would
 * lose it.
 */
export function createReadiness(parts: ReadinessParts): (isDraining: boolean) => Promise<Answer> {
  const { store, queue, isWorker, oldestDue = usualOldestDue } = parts;
  const probes = new Map([
    ['store', createProbe(() => lookAtStore(store), often)],
    ...(isWorker ? [['queue', createProbe(() => lookAtQueue(queue, oldestDue), often)] as const] : []),
  ]);
  const forges = parts.forges.map((forge) => watchForge(forge, parts));
  return async (isDraining) => {
    const looks = await Promise.all([
      ...[...probes].map(async ([name, probe]) => [name, partOf(await probe())] as const),
      ...forges.map(async ({ name, look }) => [`forge ${name}`, await look()] as const),
    ]);
    const intake: Part = isDraining ? { status: 'failed', reason: 'shutting down' } : { status: 'ok' };
    return answer([['intake', intake], ...looks]);
  };
}

function answer(parts: readonly (readonly [string, Part])[]): Answer {
  const isReady = parts.every(([, { status }]) => status !== 'failed');
  const body = { status: isReady ? 'ready' : 'not ready', parts: Object.fromEntries(parts) };
  return { status: isReady ? 200 : 503, body };
}

function partOf(look: Look): Part {
  return look.kind === 'well' ? { status: 'ok' } : { status: 'failed', reason: look.why };
}

async function lookAtStore({ deployments }: ReadinessParts['store']): Promise<Look> {
  return judged(async () => void (await deployments.get('D-0')));
}

async function lookAtQueue(queue: ReadinessParts['queue'], oldestDue: number): Promise<Look> {
  return judged(async () => {
    const ages = (await queue.stats()).map(({ kind, oldestDueMs }) => ({ kind, age: oldestDueMs ?? 0 }));
    const oldest = ages.sort((one, other) => other.age - one.age)[0];
    if (oldest === undefined || oldest.age <= oldestDue) return null;
    return `a ${oldest.kind} job has waited for ${Math.round(oldest.age / 1000)} s, the limit is ${oldestDue / 1000} s`;
  });
}

/** One forge: whether it took our credentials ever since the start decides how grave it is that it does not now. */
function watchForge(
  forge: ReadinessParts['forges'][number],
  { store, meter }: ReadinessParts,
): { readonly name: string; readonly look: () => Promise<Part> } {
  let wasProved = false;
  const prove = async (): Promise<Look> => {
    const look = await judged(() => proveAccess(forge, store));
    meter.set('fairlead_forge_up', { forge: forge.name }, look.kind === 'well' ? 1 : 0);
    if (look.kind === 'well') wasProved = true;
    return look;
  };
  const probe = createProbe(prove, seldom);
  return {
    name: forge.name,
    look: async () => {
      const look = await probe();
      if (look.kind === 'well') return { status: 'ok' };
      return { status: wasProved ? 'degraded' : 'failed', reason: look.why };
    },
  };
}

/** The credentials stand, and where a repository is known they give a token for it. */
async function proveAccess(forge: ReadinessParts['forges'][number], { repos }: Pick<Store, 'repos'>): Promise<null> {
  await forge.proveAccess();
  const known = (await repos.list()).find((repo) => repo.forge === forge.name);
  // One that was deleted or taken from us proves nothing about the others.
  if (known !== undefined)
    await forge
      .repo(known)
      .then((port) => port.gitRemote())
      .catch(unlessGone);
  return null;
}

function unlessGone(error: unknown): void {
  if (!(error instanceof BorderError) || (error.kind !== 'not-found' && error.kind !== 'forbidden')) throw error;
}

/** Nothing said is well. Of an error only its code is told: its text may name addresses, and anybody may ask. */
async function judged(look: () => Promise<unknown>): Promise<Look> {
  try {
    const said = await look();
    return typeof said === 'string' ? { kind: 'ill', why: said } : { kind: 'well' };
  } catch (error) {
    return { kind: 'ill', why: error instanceof FairleadError ? error.code : 'unexpected fault' };
  }
}
