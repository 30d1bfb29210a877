import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createServices } from '../../src/app.ts';
import { serviceOptions } from '../../src/cli/context.ts';
import { readStory, type Step } from '../../src/cli/demo/story.ts';
import type { Services } from '../../src/cli/services.ts';
import { stringifyJson } from '../../src/formats/json.ts';
import { reviewJson } from '../../src/gitops/report/json.ts';
import type { JsonObject } from '../../src/model/json.ts';
import { formatPath } from '../../src/model/path.ts';
import { formatResource } from '../../src/model/resource.ts';
import type { Review } from '../../src/model/review.ts';
import { type ControlPlane, useControlPlane } from '../control-plane/control-plane.ts';

const story = readStory();
const signal = AbortSignal.timeout(600_000);
const folder = mkdtempSync(join(tmpdir(), 'fairlead-live-'));
let plane: ControlPlane;
let services: Services;

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });

function commit(step: Step): void {
  for (const [path, text] of Object.entries(step.files)) {
    const file = join(folder, path);
    if (text === null) rmSync(file);
    else {
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
  }
  git('add', '-A');
  git('commit', '-qm', step.title);
}

/** Applies what the work tree says of prod as the engine does: server-side, as field manager fairlead. */
async function applyWorkTree(): Promise<void> {
  const run = { cwd: folder, path: '.', kubeVersion: null, signal };
  const applications = (await services.discover(run)).filter((application) => application.environment === 'prod');
  const rendered: JsonObject[] = [];
  for (const { root, valuesFiles } of applications) {
    const outcome = await services.render({
      ...run,
      path: root,
      app: null,
      releaseName: null,
      namespace: null,
      values: valuesFiles,
      set: [],
    });
    rendered.push(...outcome.resources.map(({ object }) => object));
  }
  const namespacesFirst = rendered.sort(
    (one, other) => Number(other['kind'] === 'Namespace') - Number(one['kind'] === 'Namespace'),
  );
  const input = namespacesFirst.map((object) => stringifyJson(object)).join('\n---\n');
  await plane.kubectl(['apply', '--server-side', '--field-manager=fairlead', '--force-conflicts', '-f', '-'], {
    input,
  });
}

async function resourceVersions(): Promise<string> {
  const kinds = 'deployments,services,configmaps,secrets,jobs';
  const path = 'jsonpath={range .items[*]}{.kind}/{.metadata.name}={.metadata.resourceVersion}{"\\n"}{end}';
  return plane.kubectl(['get', kinds, '-n', 'shop', '-o', path]);
}

const review = (range: string): Promise<Review> =>
  services.review({ cwd: folder, range, clusters: ['prod=real'], environment: 'prod', signal });

const summary = (result: Review, part: string): readonly string[] =>
  result.changes
    .filter((change) => change.part === part && change.action !== 'none')
    .map((change) =>
      [change.action, formatResource(change.resource), ...change.paths.map((path) => formatPath(path.path))].join(' '),
    );

beforeAll(async () => {
  plane = await useControlPlane();
  const terminal = {
    out: () => undefined,
    err: () => undefined,
    progress: () => undefined,
    paint: (_: string, text: string) => text,
  };
  services = await createServices({
    ...serviceOptions(process.env, terminal),
    kubeconfig: plane.kubeconfig,
    key: { text: 'k'.repeat(40) },
  });
  git('init', '-q', '-b', 'main');
  commit({ title: 'base', files: story.base });
  await applyWorkTree();
  git('checkout', '-qb', 'change');
  commit(story.open);
}, 300_000);

afterAll(async () => {
  await services.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('a review against a real API server', () => {
  test('shows what the pull changes, finds what is wrong with it, and writes nothing', async () => {
    const before = await resourceVersions();

    const result = await review('main..change');

    expect(result.verdict).toBe('blocked');
    expect(summary(result, 'pull')).toEqual([
      'create ConfigMap shop/checkout-features',
      'update Deployment shop/checkout spec.template.spec.containers[name=checkout].image',
      'update Secret shop/orders-db data.password',
      'update Deployment shop/orders spec.template.spec.containers[name=orders].imagePullPolicy',
      'delete Service shop/legacy-api',
      'update Deployment shop/gateway spec.template.spec.containers[name=gateway].readinessProbe',
    ]);
    expect(summary(result, 'already')).toEqual([]);
    const blockers = result.findings.filter(({ severity }) => severity === 'block');
    expect(blockers.map(({ rule, file, line }) => [rule, file, line])).toEqual([
      ['schema-enum', 'charts/orders/templates/deployment.yaml', 1],
      ['schema-unknown-field', 'platform/envs/prod/gateway.yaml', 22],
    ]);
    expect(blockers[1]?.message).toContain('did you mean "readinessProbe"');
    expect(result.coverage).toEqual({ applications: 3, rendered: 3, unownedFiles: [] });
    expect(before.split('\n').length).toBeGreaterThan(6);
    expect(await resourceVersions()).toBe(before);
  });

  test('never lets a secret value out, in any format', async () => {
    const result = await review('main..change');

    const texts = [stringifyJson(reviewJson(result)), services.comment(result)];
    for (const value of ['correct-horse-battery-staple', 'tr0ub4dor-and-3-more']) {
      for (const form of [value, Buffer.from(value).toString('base64')]) expect(texts.join('\n')).not.toContain(form);
    }
    expect(texts[0]).toContain('(hidden, changed)');
  });

  test('has a digest per target that holds for the same plan and differs for another', async () => {
    const digests = async (range: string) => (await review(range)).targets.map(({ digest }) => digest);
    const first = await digests('main..change');
    git('commit', '-q', '--allow-empty', '-m', 'another commit id, the same files');

    expect(await digests('main..change')).toEqual(first);
    expect(new Set(first).size).toBe(first.length);
    expect(first[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  test('shows what someone changed by hand apart from the pull', async () => {
    await plane.kubectl(['scale', 'deployment/checkout', '-n', 'shop', '--replicas=9']);

    const result = await review('main..change');
    await plane.kubectl(['scale', 'deployment/checkout', '-n', 'shop', '--replicas=6']);

    expect(summary(result, 'already')).toEqual(['update Deployment shop/checkout spec.replicas']);
    const change = result.changes.find(({ part }) => part === 'already');
    expect(change?.paths).toEqual([{ path: ['spec', 'replicas'], before: 9, after: 6, cause: 'takeover' }]);
    expect(summary(result, 'pull').join('\n')).not.toContain('spec.replicas');
  });

  test('reports no change at all right after the merge result was applied', async () => {
    commit(story.fixed);
    expect((await review('main..change')).verdict).toBe('ready');
    await applyWorkTree();
    await plane.kubectl(['delete', 'service/legacy-api', '-n', 'shop']);

    const result = await review('main..change');

    expect(summary(result, 'pull')).toEqual([]);
    expect(result.verdict).toBe('no-change');
  });

  test('an environment that was not named is compared in Git, and says so', async () => {
    const result = await services.review({
      cwd: folder,
      range: 'main..change',
      clusters: ['prod=real'],
      environment: null,
      signal,
    });

    expect(
      result.targets
        .filter(({ environment }) => environment === 'staging')
        .map(({ cluster, error }) => [cluster, error]),
    ).toEqual([[null, null]]);
    expect(services.comment(result)).toContain('| `staging` |');
    expect(services.comment(result)).toContain('no cluster read');
  });
});
