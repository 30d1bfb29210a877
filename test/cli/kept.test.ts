import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Plan } from '../../src/model/plan.ts';
import { expectRefusal } from '../support/calm.ts';
import { fairlead } from '../support/command-line.ts';
import { deploymentOf, driftOf, shop } from '../support/deployments.ts';
import { type KeptFolder, keptFolder } from '../support/kept.ts';

const orders = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'orders' };
const target = 'apps/orders@prod:prod-eu';
const commit = 'ab12cd3'.padEnd(40, '0');

let folder: KeptFolder;
let several: KeptFolder;
let empty: KeptFolder;
beforeAll(async () => {
  [folder, several, empty] = await Promise.all([keptFolder(), keptFolder(), keptFolder()]);
  const { store } = folder;
  await store.repos.see(null, shop);
  const step = { state: 'healthy' as const, at: '2026-11-22T14:20:00.000Z', note: 'recovered from D-1 after 41 s' };
  const { id: _, ...healthy } = deploymentOf({
    ...{ id: '', application: 'apps/orders', state: 'healthy', pods: { ready: 3, wanted: 3 }, reason: step.note },
    steps: [step],
  });
  await store.deployments.create(null, healthy);
  const { id: _id, ...failed } = deploymentOf({
    ...{ id: '', environment: 'dev', cluster: 'dev-1', state: 'failed', reason: 'Deployment shop/web failed\u001b[2J' },
  });
  await store.deployments.create(null, failed);
  await store.drift.save(null, driftOf({ id: 'd-3f9a12' }));
  await store.drift.save(
    null,
    driftOf({ id: 'd-000001', resolvedAt: '2026-11-22T15:00:00.000Z', resolution: 'healed' }),
  );
  await store.plans.save(null, plan());
  const entry = { actor: 'octo-dev', action: 'deploy-healthy', subject: 'D-1', data: { target, reason: '=1+1, "x"' } };
  await store.audit.append(null, entry);
  await store.audit.append(null, { actor: '=HYPERLINK()', action: 'x', subject: 'y', data: {} });
  await several.store.repos.see(null, shop);
  await several.store.repos.see(null, { ...shop, id: 43, fullName: 'acme/other' });
});
afterAll(() => Promise.all([folder, several, empty].map((one) => one.remove())));

function plan(): Plan {
  const change = { path: ['spec', 'replicas'], before: 2, after: 3, cause: 'git' as const };
  return {
    ...{ repo: shop, pull: 482, head: commit, base: commit, verdict: 'ready' },
    ...{ at: '2026-11-22T13:00:00.000Z', shownAt: '2026-11-22T13:00:00.000Z' },
    targets: [
      {
        ...{ id: target, application: 'apps/orders', environment: 'prod', cluster: 'prod-eu', digest: null },
        ...{ objects: { 'apps/Deployment/shop/orders': { base: 'a', head: 'b' } }, deletes: [], takeovers: [] },
        changes: [{ target, part: 'pull', action: 'update', resource: orders, paths: [change] }] as never,
      },
    ],
  };
}

const run = (args: readonly string[], data = folder.path) => fairlead([...args, '--data', data]);

describe('while the server runs', () => {
  test('status shows the newest deployment of every target, its pods and how fast it recovered', async () => {
    const { stdout, code } = await run(['status']);

    expect(code).toBe(0);
    expect(stdout).toMatch(/^apps\/orders +prod +prod-eu +healthy +ab12cd3 +2026-11-22 14:20:00 UTC +3\/3 +41 s /m);
    expect(stdout).toMatch(/^apps\/checkout +dev +dev-1 +failed .*failed\\u001b\[2J$/m);
  });

  test('status of one environment is documented JSON', async () => {
    const { stdout } = await run(['status', 'prod', '--format', 'json']);

    const { schemaVersion, deployments } = JSON.parse(stdout);
    expect({ schemaVersion, deployments }).toMatchObject({
      schemaVersion: 1,
      deployments: [
        { environment: 'prod', state: 'healthy', commit, pods: { ready: 3, wanted: 3 }, recoverySeconds: 41 },
      ],
    });
  });

  test('status of an environment nobody deployed to says so', async () => {
    expect((await run(['status', 'mars'])).stdout).toBe('nothing of acme/shop was deployed to mars yet\n');
  });

  test('drift shows the rows that are open', async () => {
    const [text, json] = await Promise.all([run(['drift', 'prod']), run(['drift', '--format', 'json'])]);

    expect(text.stdout).toMatch(
      /Deployment shop\/orders +spec.replicas +3 +5 +kubectl \(scale\) +2026-11-22 12:20:00 UTC +d-3f9a12$/m,
    );
    expect(text.stdout).not.toContain('d-000001');
    expect(JSON.parse(json.stdout).drift).toMatchObject([
      { id: 'd-3f9a12', git: '3', live: '5', path: 'spec.replicas' },
    ]);
  });

  test.each([[['Deployment/shop/orders']], [['deployment', 'shop/orders']], [['DEPLOYMENT', 'orders']]])(
    'trace %j tells who, when, which pull and commit, newest first',
    async (words) => {
      const { stdout } = await run(['trace', ...words, '--format', 'json']);

      const { entries } = JSON.parse(stdout);
      const times = entries.map(({ at }: { at: string }) => at);
      expect(times).toEqual([...times].sort().reverse());
      expect(entries).toEqual(
        expect.arrayContaining([
          expect.objectContaining({ kind: 'deployment', who: 'octo-dev', pull: 482, commit, target }),
          expect.objectContaining({ kind: 'plan', pull: 482, commit, what: 'update spec.replicas' }),
          expect.objectContaining({ kind: 'drift', who: 'kubectl', what: 'd-3f9a12: spec.replicas is 5, Git has 3' }),
          expect.objectContaining({ kind: 'audit', who: 'octo-dev', pull: 482, what: 'deploy-healthy D-1: =1+1, "x"' }),
        ]),
      );
      expect(entries.map((entry: { target: string }) => entry.target)).not.toContain('apps/checkout@dev:dev-1');
    },
  );

  test('trace of an object nobody knows says so', async () => {
    expect((await run(['trace', 'Pod/x/y'])).stdout).toBe('nothing is known of Pod x/y in acme/shop\n');
  });

  test('audit export gives every row, since a time only those from then on, and marks formulas in CSV', async () => {
    const [all, later, csv] = await Promise.all([
      run(['audit', 'export']),
      run(['audit', 'export', '--since', '2999-01-01']),
      run(['audit', 'export', '--format', 'csv']),
    ]);

    const rows = all.stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows).toEqual(await folder.store.audit.read({ after: 0, limit: 10 }));
    expect(later.stdout).toBe('');
    expect(csv.stdout).toMatch(/^sequence,at,actor,action,subject,data,previous,hash\r\n1,/);
    expect(csv.stdout).toContain(',"{""target"":""apps/orders@prod:prod-eu"",""reason"":""=1+1, \\""x\\""""}",');
    expect(csv.stdout).toContain(",'=HYPERLINK(),");
  });

  test('audit verify recomputes the chain', async () => {
    const { stdout, code } = await run(['audit', 'verify']);

    expect([code, stdout]).toEqual([0, 'the chain holds: 2 rows\n']);
  });
});

describe('what cannot be told is refused with exit code 2', () => {
  test.each([
    ['where there is no store', ['status'], () => `${folder.path}/nowhere`, /there is no store at /],
    ['for one of several repositories', ['drift'], () => several.path, /the store knows several repositories/],
    ['for a repository nobody knows', ['status', '--repo', 'a/b'], () => several.path, /does not know a\/b/],
    ['before a webhook came in', ['status'], () => empty.path, /knows no repository yet/],
    ['for a name that is none', ['trace', 'a/b/c/d'], () => folder.path, /names no object/],
    ['for a time that is none', ['audit', 'export', '--since', 'yesterday'], () => folder.path, /is no time$/],
    [
      'for a patience that is none',
      ['deploy', 'prod', '--timeout', 'long'],
      () => folder.path,
      /--timeout long is no time$/,
    ],
  ])('%s', async (_title, args, data, says) => {
    expectRefusal(await run(args, data()), { code: 2, says });
  });

  test('the repositories there are are named', async () => {
    expect((await run(['drift'], several.path)).stderr).toContain('--repo: acme/shop, acme/other.');
  });
});

test('a row that was changed breaks the chain: exit code 1, naming the row', async () => {
  const broken = await keptFolder();
  for (const subject of ['a', 'b', 'c'])
    await broken.store.audit.append(null, { actor: 'x', action: 'y', subject, data: {} });
  await broken.close();
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(`${broken.path}/fairlead.db`);
  database.exec("drop trigger audit_is_final; update audit set subject = 'other' where sequence = 2");
  database.close();

  const { code, stdout } = await run(['audit', 'verify'], broken.path);

  expect([code, stdout]).toEqual([1, 'the chain is broken: row 2 is missing, or not what was written\n']);
  await broken.remove();
});
