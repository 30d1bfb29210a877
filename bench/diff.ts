import type { JsonObject } from '../src/model/json.ts';
import { apiVersionOf } from '../src/model/resource.ts';
import type { ControlPlane } from '../test/control-plane/control-plane.ts';
import type { Bench, Lab, Row } from './bench.ts';
import { applyAll, type ClusterStage, manager, openClusterStage, predict } from './cluster-stage.ts';
import { manyObjects, resourceOf, withChanges } from './objects.ts';
import { openRawClient, type RawClient } from './raw-dry-runs.ts';
import { atLeastGoal, rateText } from './rows.ts';
import { type Contender, interleave, median, timed } from './timing.ts';

/**
 * What merging would change among objects that are live as base says: the apply engine's prediction against
 * `kubectl diff --server-side` on the same server, and against bare dry-runs.
 */
export const diffBench: Bench = {
  name: 'diff',
  text: 'objects of a live diff a second, against `kubectl diff --server-side` on the same API server',
  rival: 'kubectl diff, or raw',
  run: async (lab) => {
    const { objects: count } = lab.sizes;
    const plane = await lab.controlPlane();
    const namespace = await plane.namespace('bench');
    const [base, later] = [manyObjects(count, namespace), manyObjects(count, namespace, '1.1.0')];
    const [stage, raw] = [await openClusterStage(plane), openRawClient(plane)];
    try {
      lab.say(`diff: applying ${count} objects`);
      await applyAll(stage.cluster, base, lab.signal);
      const scene = { lab, plane, stage, raw, base };
      const some = { head: withChanges(base, later, 10), changed: `${Math.ceil(count / 10)} changed` };
      return [...(await compareSome({ ...scene, ...some })), ...(await compareAll({ ...scene, head: later }))];
    } finally {
      await Promise.all([stage.cluster.close(), raw.close()]);
    }
  },
};

interface Scene {
  readonly lab: Lab;
  readonly plane: ControlPlane;
  readonly stage: ClusterStage;
  readonly raw: RawClient;
  readonly base: readonly JsonObject[];
  readonly head: readonly JsonObject[];
}

async function compareSome(scene: Scene & { readonly changed: string }): Promise<readonly Row[]> {
  const { lab, base, changed } = scene;
  lab.say(`diff: ${changed}`);
  await checkEqual(scene);
  const contenders = [warmDiff(scene), coldDiff(scene), kubectl(scene)];
  const [warm = [], cold = [], rival = []] = await interleave(contenders, { rounds: lab.sizes.diffs, warm: 1 });
  const subject = `${base.length.toLocaleString('en')} objects, ${changed}`;
  return [
    rates(subject, { count: base.length, ours: warm, theirs: rival }, 10),
    rates(`${subject}, first contact`, { count: base.length, ours: cold, theirs: rival }, null),
  ];
}

async function compareAll(scene: Scene): Promise<readonly Row[]> {
  const { lab, base, raw, head } = scene;
  lab.say('diff: all changed');
  await checkEqual(scene);
  const bare: Contender = () => timed(() => raw.dryRunAll(head));
  const contenders = [warmDiff(scene), bare, kubectl(scene)];
  const [ours = [], dryRuns = [], rival = []] = await interleave(contenders, { rounds: lab.sizes.diffs, warm: 1 });
  const subject = `${base.length.toLocaleString('en')} objects, all changed`;
  return [
    rates(subject, { count: base.length, ours, theirs: rival }, 2.5),
    rates(`${subject}, against raw dry-runs, 32 in flight`, { count: base.length, ours, theirs: dryRuns }, 0.8),
  ];
}

interface Measured {
  readonly count: number;
  readonly ours: readonly number[];
  readonly theirs: readonly number[];
}

function rates(what: string, { count, ours, theirs }: Measured, atLeast: number | null): Row {
  const [mine, rival] = [median(ours), median(theirs)];
  const goal = atLeast === null ? null : atLeastGoal(rival / mine, atLeast, 'x');
  return { what, ours: rateText(count, mine), theirs: rateText(count, rival), ratio: rival / mine, goal };
}

/** As a server works: connections and schemas are there. */
function warmDiff({ stage, ...scene }: Scene): Contender {
  const desired = desiredOf(scene);
  return () => timed(() => predict(stage, desired, scene.lab.signal));
}

/** Discovery, schemas and connections included. */
function coldDiff({ plane, ...scene }: Scene): Contender {
  const desired = desiredOf(scene);
  return async () => {
    const stage = await openClusterStage(plane);
    const time = await timed(() => predict(stage, desired, scene.lab.signal));
    await stage.cluster.close();
    return time;
  };
}

function kubectl(scene: Pick<Scene, 'plane' | 'head'>): Contender {
  return () => timed(() => kubectlDiff(scene));
}

function desiredOf({ base, head }: Pick<Scene, 'base' | 'head'>) {
  return { base: base.map(resourceOf), head: head.map(resourceOf) };
}

/** Both must name the same changed objects. */
async function checkEqual(scene: Scene): Promise<void> {
  const { changes } = await predict(scene.stage, desiredOf(scene), scene.lab.signal);
  const ours = changes.map(({ resource: { group, version, kind, namespace, name } }) =>
    [apiVersionOf({ group, version }).replace('/', '.'), kind, namespace ?? '', name].join('.'),
  );
  const theirs = await kubectlDiff(scene);
  const [mine, rival] = [new Set(ours), new Set(theirs)];
  if (mine.size === 0 || mine.size !== rival.size || [...mine].some((name) => !rival.has(name))) {
    throw new Error(`ours names ${mine.size} changed objects, kubectl ${rival.size}; they are not the same`);
  }
}

/** The files of which kubectl shows a difference: `apps.v1.Deployment.shop.web`. */
export async function kubectlDiff({ plane, head }: Pick<Scene, 'plane' | 'head'>): Promise<readonly string[]> {
  const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items: head });
  const flags = ['--server-side', '--field-manager', manager, '--force-conflicts', '-f', '-'];
  const output = await plane.kubectl(['diff', ...flags], { input, exitCodes: [1] });
  return [...output.matchAll(/^diff -u -N \S*\/LIVE-\d+\/(\S+) /gm)].map(([, name = '']) => name);
}
