import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Deployment } from '../src/model/deployment.ts';
import { openSqliteReadOnly } from '../src/world/store/sqlite/read-only.ts';
import type { Store } from '../src/world/store/store.ts';
import { type ControlPlane, startControlPlane } from '../test/control-plane/control-plane.ts';
import { startBot } from '../test/scenario/loop/bot.ts';
import { forges, type Hands } from '../test/scenario/loop/forges.ts';
import { overlay, repositoryFiles } from '../test/scenario/loop/repository.ts';
import type { Bench, Lab } from './bench.ts';
import { atMostGoal, figure, timesText } from './rows.ts';
import { percentile } from './timing.ts';

const settings = `version: 1
mode: enforce
environments:
  prod:
    clusters: [prod]
    deploy: { on: merge }
    onFailure: { action: revert-pr }
`;

/** How long the whole way takes: from the forge's webhook to the cluster, and back from the cluster to the forge. */
export const loopBench: Bench = {
  name: 'loop',
  text: 'the bot, a pretend GitHub, a real control plane with kwok, engine apply',
  rival: null,
  run: async (lab) => {
    const dir = join(lab.dir, 'loop');
    await mkdir(dir);
    const plane = await startControlPlane({ dir: join(lab.dir, 'loop-plane'), workloads: true });
    const hands = await (forges['github'] ?? (() => Promise.reject(new Error('no github'))))();
    const namespace = await plane.namespace('prod');
    const bot = await startBot(hands, { kubeconfig: await kubeconfig(dir, plane, namespace), contexts: ['prod'] });
    const store = await openSqliteReadOnly(join(bot.dataDir, 'fairlead.db'));
    try {
      return await measure({ lab, plane, hands, store, namespace });
    } finally {
      await store.close();
      await bot.stop();
      await hands.close();
      await plane.stop();
    }
  },
};

interface Field {
  readonly lab: Lab;
  readonly plane: ControlPlane;
  readonly hands: Hands;
  readonly store: Store;
  readonly namespace: string;
}

async function measure(field: Field): ReturnType<Bench['run']> {
  const { lab, hands, namespace } = field;
  hands.role('developer', 'write');
  const spec = { engine: 'apply', namespaces: { staging: 'unused', prod: namespace } };
  await hands.commit('main', { ...repositoryFiles(spec), '.fairlead.yaml': settings }, 'lay down');
  const rounds = lab.sizes.starts > 2 ? 5 : 1;
  const applies: number[] = [];
  const drifts: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    lab.say(`loop: round ${round + 1} of ${rounds}`);
    const merged = await merge(field, `1.${round + 1}.0`, null);
    const deployment = await ended(field, `1.${round + 1}.0`, 'healthy');
    applies.push(Date.parse(await recorded(field, 'object-applied', deployment)) - merged);
    drifts.push(await drift(field, 3 + round));
  }
  await merge(field, '2.0.0', 'CrashLoopBackOff');
  const failed = await ended(field, '2.0.0', 'failed');
  const revert = await recorded(field, 'revert-opened', failed);
  const toRevert = (Date.parse(revert) - Date.parse(failed.endedAt ?? '')) / 1000;
  const slowest = Math.max(...applies) / 1000;
  const seen = percentile(drifts, 0.95) / 1000;
  return [
    figure('merge on the forge to first object applied', timesText(applies), atMostGoal(slowest, 3, ' s')),
    figure('failure seen to revert pull open', `${toRevert.toFixed(1)} s`, atMostGoal(toRevert, 30, ' s')),
    figure('edit by hand to drift seen', timesText(drifts), atMostGoal(seen, 5, ' s')),
  ];
}

/** Opens a pull, waits for its review and merges it; when it was merged, in milliseconds. */
async function merge({ hands, namespace }: Field, tag: string, fails: string | null): Promise<number> {
  const head = await hands.commit(`to-${tag}`, overlay('prod', namespace, tag, fails), `checkout ${tag}`);
  const pull = await hands.openPull({ head: `to-${tag}`, title: `checkout ${tag}`, author: 'developer' });
  await waitFor('the review', async () => hands.check(head) ?? undefined);
  const now = Date.now();
  await hands.mergePull(pull, 'developer');
  return now;
}

/** The newest deployment, once it ended as it should. */
function ended({ store, hands }: Field, tag: string, state: Deployment['state']): Promise<Deployment> {
  return waitFor(`${tag} to be ${state}`, async () => {
    const head = await hands.head('main');
    const [newest] = await store.deployments.find({ environment: 'prod', commit: head ?? '', limit: 1 });
    return newest?.state === state ? newest : undefined;
  });
}

/** When the audit has the first row of this kind about a deployment. */
function recorded({ store }: Field, wanted: string, { id }: Deployment): Promise<string> {
  return waitFor(`${wanted} of ${id}`, async () => {
    const rows = await store.audit.read({ after: 0, limit: 1_000 });
    return rows.find(({ action, subject }) => action === wanted && subject === id)?.at;
  });
}

/** Scales by hand; milliseconds until the store has the row. Then scales back and waits until that is seen too. */
async function drift({ plane, store, namespace }: Field, replicas: number): Promise<number> {
  const path = `/apis/apps/v1/namespaces/${namespace}/deployments/checkout?fieldManager=kubectl-edit`;
  const scale = (count: number) =>
    plane.request('PATCH', path, { spec: { replicas: count } }, 'application/merge-patch+json');
  const open = async () => (await store.drift.find({ environment: 'prod', open: true })).length;
  const now = Date.now();
  await scale(replicas);
  const row = await waitFor('the drift', async () => (await store.drift.find({ environment: 'prod', open: true }))[0]);
  await scale(2);
  await waitFor('the drift to end', async () => ((await open()) === 0 ? true : undefined));
  return Date.parse(row.firstSeen) - now;
}

async function waitFor<T>(what: string, look: () => Promise<T | undefined>): Promise<T> {
  for (const end = Date.now() + 60_000; Date.now() < end; ) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`${what} did not come within 60 s`);
}

async function kubeconfig(dir: string, plane: ControlPlane, namespace: string): Promise<string> {
  const path = join(dir, 'kubeconfig.json');
  const certificate = Buffer.from(plane.certificate).toString('base64');
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'real', cluster: { server: plane.server, 'certificate-authority-data': certificate } }],
    users: [{ name: 'admin', user: { token: plane.token } }],
    contexts: [{ name: 'prod', context: { cluster: 'real', user: 'admin', namespace } }],
  };
  await writeFile(path, JSON.stringify(config));
  return path;
}
