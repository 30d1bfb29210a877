import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { createServices } from '../../../src/app.ts';
import { serviceOptions } from '../../../src/cli/context.ts';
import type { Services } from '../../../src/cli/services.ts';
import { stringifyJson } from '../../../src/formats/json.ts';
import type { JsonObject } from '../../../src/model/json.ts';
import { formatPath } from '../../../src/model/path.ts';
import { formatResource } from '../../../src/model/resource.ts';
import type { Review } from '../../../src/model/review.ts';
import { type ControlPlane, useControlPlane } from '../../control-plane/control-plane.ts';
import { identities } from '../../control-plane/identities.ts';

const signal = AbortSignal.timeout(600_000);
const folder = mkdtempSync(join(tmpdir(), 'fairlead-read-only-'));
let plane: ControlPlane;
let services: Services;
let namespace: string;

const git = (...args: readonly string[]): string =>
  execFileSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...args], {
    cwd: folder,
    encoding: 'utf8',
  });

function commit(objects: readonly JsonObject[]): string {
  const text = objects.map((object) => stringifyJson(object)).join('\n---\n');
  const file = join(folder, 'web/web.yaml');
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, text);
  git('add', '-A');
  git('commit', '-qm', 'change');
  return text;
}

const config = (name: string, value: string): JsonObject => ({
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } },
  data: { value },
});

const web = (replicas: number, image: string): JsonObject => ({
  ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { namespace, name: 'web' } },
  spec: {
    ...{ replicas, selector: { matchLabels: { app: 'web' } } },
    template: { metadata: { labels: { app: 'web' } }, spec: { containers: [{ name: 'web', image }] } },
  },
});

const review = (context: string): Promise<Review> =>
  services.review({ cwd: folder, range: 'main..change', clusters: [context], environment: null, signal });

const told = ({ changes }: Review): readonly string[] =>
  changes.flatMap(({ part, action, resource, paths }) => {
    const head = `${part} ${action} ${formatResource(resource)}`;
    return [head, ...paths.map(({ path, before, after }) => `${formatPath(path)}: ${stringifyJson([before, after])}`)];
  });

beforeAll(async () => {
  plane = await useControlPlane();
  namespace = await plane.namespace('read-only');
  const terminal = {
    ...{ out: () => undefined, err: () => undefined, progress: () => undefined },
    paint: (_: string, text: string) => text,
  };
  const key = { text: 'k'.repeat(40) };
  services = await createServices({ ...serviceOptions(process.env, terminal), kubeconfig: plane.kubeconfig, key });
  git('init', '-q', '-b', 'main');
  const base = commit([config('a', '1'), config('gone', '1'), web(2, 'web:1')]);
  await plane.kubectl(['apply', '--server-side', '--field-manager=fairlead', '-f', '-'], { input: base });
  git('checkout', '-qb', 'change');
  commit([config('a', '2'), config('new', '1'), web(3, 'web:2')]);
}, 300_000);

afterAll(async () => {
  await services?.close();
  rmSync(folder, { recursive: true, force: true });
});

test('an identity that may only read gets the same review, each prediction labelled', async () => {
  const [asked, read] = [await review(identities.admin.context), await review(identities.reader.context)];

  expect(told(read)).toEqual(told(asked));
  expect(told(asked).length).toBeGreaterThan(5);
  expect(read.targets.map(({ error }) => error)).toEqual([null]);
  const predicted = read.changes.filter(({ action }) => action !== 'delete');
  expect(predicted.map(({ offline }) => offline ?? '')).toEqual(
    predicted.map(() => expect.stringContaining('does not let Fairlead try it')),
  );
  expect(asked.changes.filter(({ offline }) => offline !== undefined)).toEqual([]);
  expect(services.comment(read)).toContain('does not let Fairlead try it');
});
