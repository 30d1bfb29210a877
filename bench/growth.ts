import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { toYaml } from '../src/formats/yaml/write.ts';
import type { JsonObject } from '../src/model/json.ts';
import { apiVersionOf, type ResourceId } from '../src/model/resource.ts';
import type { ControlPlane } from '../test/control-plane/control-plane.ts';
import { type Files, forges, type Hands } from '../test/scenario/loop/forges.ts';
import type { Bench, Lab, Row } from './bench.ts';
import { applyAll, openClusterStage, predict } from './cluster-stage.ts';
import { kubectlDiff } from './diff.ts';
import { manyObjects, resourceOf, withChanges } from './objects.ts';
import { runProgram } from './program.ts';
import { commitTwice } from './repositories.ts';
import { atLeastGoal, atMostGoal, figure, milliseconds, timesText } from './rows.ts';
import { startServer } from './serve-stage.ts';
import { interleave, median, percentile, timed } from './timing.ts';

/** How the cost of a review grows with its objects: whole processes, no change at all, and from the event to the comment. */
export const growthBench: Bench = {
  name: 'growth',
  text: 'whole processes, a tenth of the objects changed, against `kubectl diff --server-side` of the same objects',
  rival: 'kubectl diff',
  run: async (lab) => {
    const plane = await lab.controlPlane();
    const isFull = lab.sizes.objects >= 1_000;
    const rows: Row[] = [];
    for (const count of isFull ? [10, 100, 1_000, 5_000] : [10, 30])
      rows.push(...(await wholeProcess(count, plane, lab)));
    rows.push(await unchanged(lab.sizes.objects, plane, lab));
    rows.push(await eventToComment(isFull ? { objects: 100, pulls: 10 } : { objects: 10, pulls: 2 }, plane, lab));
    return rows;
  },
};

async function wholeProcess(count: number, plane: ControlPlane, lab: Lab): Promise<readonly Row[]> {
  lab.say(`growth: ${count} objects`);
  const namespace = await plane.namespace('bench');
  const [base, later] = [manyObjects(count, namespace), manyObjects(count, namespace, '1.1.0')];
  const head = withChanges(base, later, 10);
  await applied(base, plane, lab);
  const folder = join(lab.dir, `growth-${count}`);
  await commitTwice(folder, { main: filesOf(base), change: filesOf(head) }, lab.signal);
  const peaks: number[] = [];
  let ours: readonly string[] = [];
  const program = await lab.program();
  const review = async (): Promise<void> => {
    const run = await runProgram({
      program,
      args: ['review', 'main..change', '--cluster', plane.context, '--format', 'json', '--fail-on', 'never'],
      ...{ cwd: folder, environment: { KUBECONFIG: plane.kubeconfig }, signal: lab.signal, codes: [0] },
    });
    peaks.push(run.peak);
    ours = changedIn(run.stdout);
  };
  let theirs: readonly string[] = [];
  const rival = async (): Promise<void> => {
    theirs = await kubectlDiff({ plane, head });
  };
  const rounds = { rounds: count > 1_000 ? 1 : 3, warm: count > 1_000 ? 0 : 1 };
  const [mine = [], other = []] = await interleave([() => timed(review), () => timed(rival)], rounds);
  checkSame(ours, theirs);
  const what = `${count.toLocaleString('en')} objects, ${ours.length} changed`;
  const ratio = median(other) / median(mine);
  const goal = count === 1_000 ? atLeastGoal(ratio, 10, 'x') : null;
  return [
    { what, ours: milliseconds(median(mine)), theirs: milliseconds(median(other)), ratio, goal },
    figure(`${what}, peak`, `${Math.round(Math.max(...peaks))} MiB`, null),
  ];
}

/** As a server works that has seen the cluster: nothing changed, so nothing is tried. */
async function unchanged(count: number, plane: ControlPlane, lab: Lab): Promise<Row> {
  lab.say(`growth: ${count} objects, none changed`);
  const namespace = await plane.namespace('bench');
  const base = manyObjects(count, namespace);
  await applied(base, plane, lab);
  const stage = await openClusterStage(plane);
  try {
    const desired = { base: base.map(resourceOf), head: base.map(resourceOf) };
    const ask = async (): Promise<void> => {
      const { changes } = await predict(stage, desired, lab.signal);
      if (changes.length > 0) throw new Error(`${changes.length} objects changed, though none should`);
    };
    const [times = []] = await interleave([() => timed(ask)], { rounds: 5, warm: 1 });
    const goal = atMostGoal(median(times) / 1000, 1, ' s');
    return figure(`${count.toLocaleString('en')} objects, none changed, prediction`, timesText(times), goal);
  } finally {
    await stage.cluster.close();
  }
}

/** From the webhook to the comment, as a server of its own, one pull after the other. */
async function eventToComment(
  { objects, pulls }: { readonly objects: number; readonly pulls: number },
  plane: ControlPlane,
  lab: Lab,
): Promise<Row> {
  lab.say(`growth: ${pulls} pulls of ${objects} objects`);
  const namespace = await plane.namespace('bench');
  const base = manyObjects(objects, namespace);
  await applied(base, plane, lab);
  const hands = await (forges['github'] ?? (() => Promise.reject(new Error('no github'))))();
  hands.role('developer', 'write');
  await hands.commit('main', filesOf(base), 'main');
  const cwd = lab.dir;
  const program = await lab.program();
  const dataDir = join(cwd, 'growth-data');
  const start = { program, hands, dataDir, cwd, plane, environment: {}, signal: lab.signal };
  const bot = await startServer(start);
  try {
    const times: number[] = [];
    for (let pull = 0; pull < pulls; pull += 1) {
      // GitHub lets an installation do only so much in a minute: one pull after the other, as people open them.
      if (pull > 0) await delay(between, undefined, { signal: lab.signal });
      times.push(await onePull(`1.${pull + 1}.0`, { objects, namespace, hands }));
    }
    const slow = percentile(times, 0.95);
    const what = `${objects} objects, all changed, from the event to the comment`;
    return figure(what, timesText(times), atMostGoal(slow / 1000, 10, ' s'));
  } finally {
    await bot.stop();
    await hands.close();
  }
}

/** Milliseconds between two pulls. */
const between = 12_000;

async function onePull(
  version: string,
  { objects, namespace, hands }: { readonly objects: number; readonly namespace: string; readonly hands: Hands },
): Promise<number> {
  const head = `to-${version}`;
  await hands.commit(head, filesOf(manyObjects(objects, namespace, version)), head);
  const begun = performance.now();
  const number = await hands.openPull({ head, title: head, author: 'developer' });
  for (const end = begun + 60_000; performance.now() < end; ) {
    if (hands.comments({ kind: 'pull', number }).length > 0) return performance.now() - begun;
    await delay(10);
  }
  throw new Error(`no comment on ${head} within 60 s`);
}

async function applied(objects: readonly JsonObject[], plane: ControlPlane, lab: Lab): Promise<void> {
  const { cluster } = await openClusterStage(plane);
  try {
    await applyAll(cluster, objects, lab.signal);
  } finally {
    await cluster.close();
  }
}

/** Ten objects a file. */
function filesOf(objects: readonly JsonObject[]): Files & Readonly<Record<string, string>> {
  const texts = objects.map(toYaml);
  const parts = Array.from({ length: Math.ceil(texts.length / 10) }, (_, index) => index);
  return Object.fromEntries(
    parts.map((part) => [`apps/${part}.yaml`, texts.slice(part * 10, part * 10 + 10).join('---\n')]),
  );
}

function changedIn(json: string): readonly string[] {
  // docs/review-json.md
  const { changes } = JSON.parse(json) as { readonly changes: readonly { readonly resource: ResourceId }[] };
  return changes.map(({ resource }) =>
    [apiVersionOf(resource).replace('/', '.'), resource.kind, resource.namespace ?? '', resource.name].join('.'),
  );
}

function checkSame(ours: readonly string[], theirs: readonly string[]): void {
  const [mine, rival] = [new Set(ours), new Set(theirs)];
  if (mine.size > 0 && mine.size === rival.size && [...mine].every((name) => rival.has(name))) return;
  throw new Error(`ours names ${mine.size} changed objects, kubectl ${rival.size}; they are not the same`);
}
