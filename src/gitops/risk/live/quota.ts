import { isJsonList, type JsonObject, pick, pickObject } from '../../../model/json.ts';
import type { Risk } from '../rule.ts';
import { type Kind, type Listed, type Lister, namesOf } from './lister.ts';
import type { LiveRule, LiveSubject, LiveWorld } from './live-rule.ts';
import { amountOf, isCounted, isSaid, quantityAt, type Side } from './pod-resources.ts';

const pod: Kind = { group: '', version: 'v1', kind: 'Pod' };
const claim: Kind = { group: '', version: 'v1', kind: 'PersistentVolumeClaim' };

/** Resources of a quota that are a part of what Pods take. */
const ofPods = /^(?:(requests|limits)\.)?(cpu|memory|ephemeral-storage|hugepages-[\w.-]+|[\w.-]+\/[\w.-]+)$/;

async function exceeded({ head, base, live }: LiveSubject, { lister }: LiveWorld): Promise<readonly Risk[]> {
  const namespace = head.id.namespace;
  const [wanted, before] = [pickObject(head.object, 'spec', 'hard'), pickObject(base?.object, 'spec', 'hard')];
  const changed = Object.entries(wanted).filter(([name, value]) => String(value) !== String(before[name] ?? ''));
  if (changed.length === 0 || namespace === null) return [];
  const risks = await Promise.all(
    changed.map(async ([name, value]): Promise<readonly Risk[]> => {
      const hard = { name, value, allowed: quantityAt(value) };
      const at = ['spec', 'hard', name];
      const used = await usedOf(hard.name, { namespace, lister, live, isScoped: isScoped(head.object) });
      const over = used !== null && used > hard.allowed;
      const messages = [
        ...(over
          ? [`${name}: ${said(used)} is used already and ${String(value)} allowed, so nothing new is admitted`]
          : []),
        ...(isScoped(head.object) ? [] : await unsaid(name, namespace, lister)),
      ];
      return messages.map((message) => ({ message, at }));
    }),
  );
  return risks.flat();
}

/** A quota of some Pods only (scopes); what of the others counts is the server's to say. */
function isScoped(quota: JsonObject): boolean {
  const scopes = pick(quota, 'spec', 'scopes');
  return (isJsonList(scopes) && scopes.length > 0) || pick(quota, 'spec', 'scopeSelector') !== undefined;
}

interface Used {
  readonly namespace: string;
  readonly lister: Lister;
  readonly live: JsonObject | null;
  readonly isScoped: boolean;
}

/** What is used of a resource, in nanos: as the quota that is there says, else counted; null where that is not known. */
async function usedOf(name: string, { namespace, lister, live, isScoped }: Used): Promise<bigint | null> {
  if (pick(live ?? {}, 'status', 'used', name) !== undefined) return quantityAt(live ?? {}, 'status', 'used', name);
  if (isScoped) return null;
  if (name === 'requests.storage') {
    const claims = await lister.list(claim, namespace, 'whole');
    return sum(claims, (item) => quantityAt(item, 'spec', 'resources', 'requests', 'storage'));
  }
  const kind = countedKind(name, lister);
  if (kind !== null) {
    const listed = await lister.list(kind, namespace, kind.kind === 'Pod' ? 'whole' : 'metadata');
    return sum(listed, (item) => (kind.kind === 'Pod' && !isCounted(item) ? 0n : oneWhole));
  }
  const part = ofPods.exec(name);
  if (part === null) return null;
  const pods = await lister.list(pod, namespace, 'whole');
  const [side, resource] = partOf(part);
  return sum(pods, (item) => (isCounted(item) ? amountOf(item, side, resource) : 0n));
}

const oneWhole = 1_000_000_000n;

function sum(listed: Listed | null, of: (item: JsonObject) => bigint): bigint | null {
  if (listed === null || !listed.isWhole) return null;
  return listed.items.reduce((total, item) => total + of(item), 0n);
}

/** `cpu` is short for `requests.cpu`. */
function partOf(match: RegExpExecArray): readonly [side: Side, resource: string] {
  return [match[1] === 'limits' ? 'limits' : 'requests', match[2] ?? ''];
}

/** The kind that a quota counts by this name: `pods`, `services`, `count/deployments.apps`. */
function countedKind(name: string, { discovery }: Lister): Kind | null {
  const plain = /^(pods|services|configmaps|secrets|persistentvolumeclaims|replicationcontrollers|resourcequotas)$/;
  const core = plain.exec(name)?.[1];
  const [, plural = core, group = ''] = /^count\/([a-z0-9]+)(?:\.([a-z0-9.-]+))?$/.exec(name) ?? [];
  if (plural === undefined) return null;
  return discovery.resources.find((type) => type.plural === plural && type.group === group) ?? null;
}

/** Pods that do not say what a quota counts: they run on, and are refused when they are made anew. */
async function unsaid(name: string, namespace: string, lister: Lister): Promise<readonly string[]> {
  const part = ofPods.exec(name);
  if (part === null) return [];
  const [side, resource] = partOf(part);
  if (!/^(?:cpu|memory)$/.test(resource)) return [];
  const pods = (await lister.list(pod, namespace, 'whole'))?.items ?? [];
  const silent = pods.filter((item) => isCounted(item) && !isSaid(item, side, resource));
  if (silent.length === 0) return [];
  return [
    `${silent.length} of the Pods there say no ${side}.${resource} and are refused when they are made anew: ${namesOf(silent)}`,
  ];
}

function said(nanos: bigint): string {
  if (nanos % oneWhole === 0n) return String(nanos / oneWhole);
  return nanos % 1_000_000n === 0n ? `${nanos / 1_000_000n}m` : `${Number(nanos) / 1e9}`;
}

/** What a quota does to what is there. */
export const quotaRule: LiveRule = {
  ...{ id: 'quota-exceeded', severity: 'caution', kinds: ['/ResourceQuota'], judgeLive: exceeded },
  when: 'A ResourceQuota allows less than is used already, or counts what Pods that run do not say.',
  why: 'What runs goes on, and nothing takes its place: the next rollout, or the next node that fails, stops there.',
  fix: 'Allow what is used, and let every container say what the quota counts (a LimitRange may give defaults).',
};
