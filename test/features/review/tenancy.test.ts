import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { createServices } from '../../../src/app.ts';
import { serviceOptions } from '../../../src/cli/context.ts';
import type { Services } from '../../../src/cli/services.ts';
import { stringifyJson } from '../../../src/formats/json.ts';
import { reviewJson } from '../../../src/gitops/report/json.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { formatResource } from '../../../src/model/resource.ts';
import type { Review } from '../../../src/model/review.ts';
import type { ApiServer } from '../../../src/pretend/api-server/api-server.ts';
import { startPretend } from '../../pretend/api-server/support.ts';

const signal = AbortSignal.timeout(600_000);
let folder: string;
/** Requests before the test. */
let begun: number;
let server: ApiServer;
let services: Services;

const configMap = (namespace: string, name: string, value: string): JsonObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } },
  data: { value },
});

/** What others have in the cluster. */
const foreign = configMap('payments', 'limits', 'CANARY-of-payments');

const settings = `version: 1
tenancy:
  shop: {paths: [teams/shop/**], namespaces: [shop], kinds: {deny: [Secret]}}
`;

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });

function commit(files: Readonly<Record<string, string>>): void {
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }
  git('add', '-A');
  git('commit', '-qm', 'change');
}

const yaml = (...objects: readonly JsonObject[]): string =>
  objects.map((object) => stringifyJson(object)).join('\n---\n');

const review = (): Promise<Review> =>
  services.review({ cwd: folder, range: 'main..change', clusters: ['pretend'], environment: null, signal });

/** Requests of the test that name something of the others. */
const asked = (): readonly string[] =>
  server.requests
    .slice(begun)
    .map(({ path }) => path)
    .filter((path) => path.includes('payments') || path.includes('limits'));

const refused = ({ findings }: Review): readonly string[] =>
  findings
    .filter(({ rule }) => rule === 'outside-tenancy')
    .map(({ severity, file, line, message }) => `${severity} ${file}:${line} ${message}`);

beforeAll(async () => {
  server = await startPretend({ seed: [foreign, configMap('shop', 'web', '1')] });
  await server.ready;
  const terminal = {
    ...{ out: () => undefined, err: () => undefined, progress: () => undefined },
    paint: (_: string, text: string) => text,
  };
  const home = mkdtempSync(join(tmpdir(), 'fairlead-tenancy-home-'));
  const kubeconfig = join(home, 'kubeconfig');
  writeFileSync(kubeconfig, server.kubeconfig);
  services = await createServices({
    ...serviceOptions(process.env, terminal),
    kubeconfig,
    key: { text: 'k'.repeat(40) },
  });
}, 300_000);

afterAll(async () => {
  await services?.close();
  await server?.close();
});

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-tenancy-'));
  git('init', '-q', '-b', 'main');
  begun = server.requests.length;
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('an object outside the tenancy of its application', () => {
  async function declare(...objects: readonly JsonObject[]): Promise<Review> {
    commit({ '.fairlead.yaml': settings, 'teams/shop/web.yaml': yaml(configMap('shop', 'web', '1')) });
    git('checkout', '-qb', 'change');
    commit({ 'teams/shop/web.yaml': yaml(configMap('shop', 'web', '2'), ...objects) });
    return review();
  }

  test('is refused, is not asked about, and everything else goes on', async () => {
    const result = await declare(configMap('payments', 'limits', 'mine'));

    expect(result.verdict).toBe('blocked');
    expect(refused(result)).toEqual([
      'block teams/shop/web.yaml:3 ConfigMap payments/limits: lies outside the tenancy of teams/shop, so it was not looked at, and will not be deployed',
    ]);
    expect(result.changes.map(({ action, resource }) => `${action} ${formatResource(resource)}`)).toEqual([
      'update ConfigMap shop/web',
    ]);
    expect(asked()).toEqual([]);
    expect(server.requests.slice(begun).filter(({ path }) => path.includes('shop/configmaps'))).not.toEqual([]);
    expect(stringifyJson(reviewJson(result)) + services.comment(result)).not.toContain('CANARY');
  });

  test('is refused in the same words whether it exists or not', async () => {
    const result = await declare(configMap('payments', 'limits', 'x'), configMap('payments', 'nobody', 'x'));

    const texts = refused(result).map((text) => text.replace(/limits|nobody/, 'NAME').replace(/:\d+ /, ' '));
    expect(new Set(texts).size).toBe(1);
    expect(texts).toHaveLength(2);
  });

  test('no setting lets it pass', async () => {
    commit({ '.fairlead.yaml': `${settings}policy: {rules: {outside-tenancy: off}}\n`, 'teams/shop/web.yaml': '' });
    git('checkout', '-qb', 'change');
    commit({ 'teams/shop/web.yaml': yaml(configMap('payments', 'limits', 'x')) });

    expect((await review()).verdict).toBe('blocked');
  });

  test('many are told together', async () => {
    const many = Array.from({ length: 25 }, (_, index) => configMap('payments', `x${index}`, 'x'));

    const texts = refused(await declare(...many));

    expect(texts).toHaveLength(21);
    expect(texts.at(-1)).toMatch(/^block .* 5 more objects: each lies outside/);
  });

  test('is left alone when it goes out of Git, and the pull that takes it out is not stopped', async () => {
    const out = configMap('payments', 'limits', 'x');
    commit({ '.fairlead.yaml': settings, 'teams/shop/web.yaml': yaml(configMap('shop', 'web', '1'), out) });
    git('checkout', '-qb', 'change');
    commit({ 'teams/shop/web.yaml': yaml(configMap('shop', 'web', '1')) });

    const result = await review();

    expect(refused(result)).toEqual([
      expect.stringMatching(/^caution .*payments\/limits: goes out of Git.*not delete it/),
    ]);
    expect(result.changes.filter(({ action }) => action === 'delete')).toEqual([]);
    expect(asked()).toEqual([]);
  });
});

describe('an application that an object declares', () => {
  const argo = (path: string, namespace: string, name = 'sly'): JsonObject => ({
    ...{ apiVersion: 'argoproj.io/v1alpha1', kind: 'Application', metadata: { name, namespace: 'shop' } },
    spec: {
      ...{ project: 'default', source: { repoURL: 'https://git.example.com/acme/gitops', path } },
      destination: { namespace, server: 'https://kubernetes.default.svc' },
    },
  });
  const wide = `${settings}  platform: {paths: [platform/**], namespaces: ['*']}\n`;

  test('is held to whoever declares it, wherever its files are', async () => {
    commit({
      '.fairlead.yaml': wide,
      'platform/apps.yaml': yaml(argo('platform/limits', 'payments', 'honest')),
      'platform/limits/limits.yaml': yaml(configMap('payments', 'limits', '1')),
    });
    git('checkout', '-qb', 'change');
    commit({ 'teams/shop/sly.yaml': yaml(argo('platform/limits', 'payments')) });

    const result = await review();

    expect(refused(result)).toEqual([
      expect.stringMatching(/^block platform\/limits\/limits\.yaml:1 ConfigMap payments\/limits: lies/),
    ]);
    expect(asked()).toEqual([]);
  });

  test('is deployed where its declarer may reach', async () => {
    commit({ '.fairlead.yaml': wide, 'teams/shop/web/web.yaml': yaml(configMap('shop', 'web', '1')) });
    git('checkout', '-qb', 'change');
    commit({
      'teams/shop/sly.yaml': yaml(argo('teams/shop/web', 'shop')),
      'teams/shop/web/web.yaml': yaml(configMap('shop', 'web', '2')),
    });

    const result = await review();

    expect(refused(result)).toEqual([]);
    expect(result.changes.map(({ resource }) => formatResource(resource))).toContain('ConfigMap shop/web');
  });
});

describe('whose settings count', () => {
  test('a pull that widens its own tenancy is held to the one in force', async () => {
    commit({ '.fairlead.yaml': settings, 'teams/shop/web.yaml': yaml(configMap('shop', 'web', '1')) });
    git('checkout', '-qb', 'change');
    commit({
      '.fairlead.yaml': settings.replace('[shop]', "['*']"),
      'teams/shop/web.yaml': yaml(configMap('payments', 'limits', 'x')),
    });

    const result = await review();

    expect(refused(result)).toHaveLength(1);
    expect(asked()).toEqual([]);
  });

  test('without tenants everything is as it was', async () => {
    commit({ '.fairlead.yaml': 'version: 1\n', 'teams/shop/web.yaml': '' });
    git('checkout', '-qb', 'change');
    commit({ 'teams/shop/web.yaml': yaml(configMap('payments', 'limits', 'x')) });

    const result = await review();

    expect(refused(result)).toEqual([]);
    expect(asked()).not.toEqual([]);
  });
});

describe('a cluster outside the tenancy', () => {
  test('is not even asked for its version', async () => {
    commit({ '.fairlead.yaml': settings.replace('{paths', '{clusters: [other], paths'), 'teams/shop/web.yaml': '' });
    git('checkout', '-qb', 'change');
    commit({ 'teams/shop/web.yaml': yaml(configMap('shop', 'web', '2')) });
    const result = await review();

    expect(server.requests.slice(begun)).toEqual([]);
    expect(result.verdict).toBe('blocked');
    expect(refused(result)).toEqual([
      expect.stringMatching(/^block teams\/shop\/web\.yaml:1 ConfigMap shop\/web: lies outside/),
    ]);
  });
});
