import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { isJsonObject, type JsonObject, pick } from '../src/model/json.ts';
import type { Resource } from '../src/model/resource.ts';
import type { ControlPlane } from '../test/control-plane/control-plane.ts';
import { memoryTree } from '../test/support/memory-tree.ts';
import type { Bench, Lab, Row } from './bench.ts';
import { applyAll, openClusterStage } from './cluster-stage.ts';
import { manyObjects } from './objects.ts';
import { memoryOf, runProgram, startProgram } from './program.ts';
import { applicationAt, openRenderers, renderInputs } from './renderers.ts';
import { type BenchRepository, helmRepository, plainRepository } from './repositories.ts';
import { atMostGoal, figure, milliseconds } from './rows.ts';

/** Resident memory of the program as a process of its own, threads and modules included. */
export const memoryBench: Bench = {
  name: 'memory',
  text: 'resident memory of the process; reviews on a real API server',
  rival: null,
  run: async (lab) => {
    const plane = await lab.controlPlane();
    const { objects } = lab.sizes;
    const plain = await plainRepository(join(lab.dir, 'plain'), objects, lab.signal);
    const helm = await helmRepository(join(lab.dir, 'helm'), objects, lab.signal);
    await applyLive(plane, helm, lab);
    return [
      ...(await reviewRows('plain', plain, { plane, lab, most: 512 })),
      ...(await reviewRows('Helm', helm, { plane, lab, most: 768 })),
      await idleServer(plane, lab),
    ];
  },
};

/** Makes live what `main` of both repositories says. */
async function applyLive(plane: ControlPlane, helm: BenchRepository, lab: Lab): Promise<void> {
  lab.say(`memory: applying ${lab.sizes.objects} plain objects and ${helm.objects} of charts`);
  await plane.kubectl(['create', 'namespace', 'bench']);
  const { cluster } = await openClusterStage(plane);
  const renderers = openRenderers(lab);
  try {
    await applyAll(cluster, manyObjects(lab.sizes.objects, 'bench'), lab.signal);
    const tree = memoryTree(helm.main);
    for (const root of helm.charts) {
      const inputs = renderInputs(basename(root));
      const rendered = await renderers.renderer('helm').render(applicationAt(root, 'helm'), tree, inputs, lab.signal);
      await applyAll(cluster, rendered.resources.map(placed), lab.signal);
    }
  } finally {
    await Promise.all([cluster.close(), renderers.close()]);
  }
}

/** The object with the namespace it gets. */
function placed({ id, object }: Resource): JsonObject {
  const metadata = pick(object, 'metadata');
  return { ...object, metadata: { ...(isJsonObject(metadata) ? metadata : {}), namespace: id.namespace } };
}

interface Review {
  readonly plane: ControlPlane;
  readonly lab: Lab;
  /** MiB. */
  readonly most: number;
}

async function reviewRows(
  kind: string,
  { folder, objects }: BenchRepository,
  { plane, lab, most }: Review,
): Promise<readonly Row[]> {
  lab.say(`memory: review of ${objects} objects, ${kind}`);
  const { stdout, total, peak } = await runProgram({
    program: await lab.program(),
    args: ['review', 'main..change', '--cluster', plane.context, '--format', 'json', '--fail-on', 'never'],
    cwd: folder,
    environment: { KUBECONFIG: plane.kubeconfig },
    signal: lab.signal,
    codes: [0],
  });
  const changed = countChanged(stdout);
  if (changed === 0) throw new Error(`the review of ${folder} shows no change`);
  const what = `review of ${objects.toLocaleString('en')} objects, ${kind}`;
  return [
    figure(`${what}, peak`, mebibytes(peak), atMostGoal(peak, most, ' MiB')),
    figure(
      `${what}, ${changed.toLocaleString('en')} changed, whole command`,
      milliseconds(total),
      atMostGoal(total / 1000, 30, ' s'),
    ),
  ];
}

function countChanged(json: string): number {
  // docs/review-json.md
  const { changes } = JSON.parse(json) as { readonly changes: readonly unknown[] };
  return changes.length;
}

/** A server that listens and has reviewed nothing. */
async function idleServer(plane: ControlPlane, lab: Lab): Promise<Row> {
  const { dir, signal } = lab;
  lab.say('memory: idle server');
  const cwd = join(dir, 'serve');
  await mkdir(cwd);
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const environment = {
    APP_ID: '1',
    PRIVATE_KEY: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
    WEBHOOK_SECRET: randomBytes(32).toString('hex'),
    KUBECONFIG: plane.kubeconfig,
    GHE_HOST: '127.0.0.1:9', // nothing listens there: an idle server asks nobody
  };
  const args = ['serve', '--cluster', plane.context, '--host', '127.0.0.1', '--port', '0', '--data', join(cwd, 'data')];
  const program = await lab.program();
  const child = startProgram({ program, args, cwd, environment, signal });
  try {
    await listening(child);
    await delay(settleMs, undefined, { signal });
    const rss = await memoryOf(child.pid, 'VmRSS');
    return figure('serve, idle', mebibytes(rss), atMostGoal(rss, 250, ' MiB'));
  } finally {
    child.kill('SIGTERM');
    await new Promise((done) =>
      child.exitCode === null && child.signalCode === null ? child.once('close', done) : done(0),
    );
  }
}

/** After start, for collections and compilations to end. */
const settleMs = 3_000;

function listening(child: ReturnType<typeof startProgram>): Promise<void> {
  let said = '';
  return new Promise((resolve, reject) => {
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      said += text;
      if (said.includes('listens on')) resolve();
    });
    child.stdout?.resume();
    child.on('error', reject);
    child.on('close', (code) => reject(new Error(`serve ended with ${code}: ${said}`)));
  });
}

function mebibytes(size: number): string {
  return Number.isNaN(size) ? 'not known (no /proc)' : `${Math.round(size)} MiB`;
}
