import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/model/json.ts';
import { formatPath } from '../../../src/model/path.ts';
import type { ControlPlane } from '../../control-plane/control-plane.ts';
import { resourcesOf, type Stage, told } from './stage.ts';
import { useStage } from './use-stage.ts';

let plane: ControlPlane;
let stage: Stage;
let namespace: string;

useStage((opened) => {
  ({ plane, stage, namespace } = opened);
});

function web(spec: JsonObject = {}, meta: JsonObject = {}): JsonObject {
  const labels = { app: 'web' };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'web', namespace, ...meta } },
    spec: {
      ...{ selector: { matchLabels: labels }, replicas: 2, ...spec },
      template: { metadata: { labels }, spec: { containers: [{ name: 'web', image: 'nginx:1' }] } },
    },
  };
}

async function kubectlApply(object: JsonObject): Promise<void> {
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(object) });
}

async function helmInstall(object: JsonObject): Promise<void> {
  await plane.kubectl(['create', '--field-manager=helm', '-f', '-'], { input: JSON.stringify(object) });
}

/** What the pull changes, and what stays with its owners. */
async function reviewed(base: JsonObject, head: JsonObject) {
  const set = await stage.predict(resourcesOf(head), resourcesOf(base));
  const stays = set.changes.flatMap((change) =>
    (change.stays ?? []).map(({ path, owners }) => `${formatPath(path)} of ${owners.join(', ')}`),
  );
  return { told: told(set), stays, adopted: set.changes.map(({ adopts }) => adopts?.fields ?? 0) };
}

test('a field that Git drops stays when client-side kubectl owns it too, and is told with its owner', async () => {
  const base = web({ minReadySeconds: 5 }, { labels: { team: 'shop', app: 'web' } });
  await kubectlApply(base);
  await stage.apply(base);

  const seen = await reviewed(base, web({}, { labels: { app: 'web' } }));

  expect(seen).toEqual({
    told: ['pull update Deployment web'],
    stays: ['metadata.labels.team of kubectl-client-side-apply', 'spec.minReadySeconds of kubectl-client-side-apply'],
    adopted: [0],
  });
});

test('a field that Git drops goes when nobody else owns it', async () => {
  await stage.apply(web({ minReadySeconds: 5 }));

  const seen = await reviewed(web({ minReadySeconds: 5 }), web());

  expect(seen).toEqual({
    told: ['pull update Deployment web spec.minReadySeconds: 5 -> null (git)'],
    ...{ stays: [], adopted: [0] },
  });
});

test('what the server fills in again by itself does not stay for anybody', async () => {
  await stage.apply(web({ revisionHistoryLimit: 10 }));

  const seen = await reviewed(web({ revisionHistoryLimit: 10 }), web());

  expect(seen.stays).toEqual([]);
});

test('before the first apply the fields that it takes over as they are are counted', async () => {
  const base = web({ minReadySeconds: 5 });
  await helmInstall(base);

  const seen = await reviewed(base, web({ replicas: 3 }));

  expect(seen).toEqual({
    told: ['pull update Deployment web spec.replicas: 2 -> 3 (takeover)'],
    stays: ['spec.minReadySeconds of helm'],
    // selector, label of the template, name and image of the container
    adopted: [4],
  });
});

test('a whole item that stays is one path', async () => {
  const port = { port: 9090, name: 'metrics', protocol: 'TCP', targetPort: 9090 };
  const service = (ports: readonly JsonObject[]): JsonObject => ({
    ...{ apiVersion: 'v1', kind: 'Service', metadata: { name: 'web', namespace } },
    spec: { selector: { app: 'web' }, ports },
  });
  const http = { port: 80, name: 'http', protocol: 'TCP', targetPort: 80 };
  await kubectlApply(service([http, port]));
  await stage.apply(service([http, port]));

  const seen = await reviewed(service([http, port]), service([http]));

  expect(seen.stays).toEqual(['spec.ports[port=9090,protocol=TCP] of kubectl-client-side-apply']);
});

test('what others set besides Git, and Git never said, is no concern of the pull', async () => {
  await stage.apply(web({}, { labels: { team: 'shop' } }));
  await plane.kubectl(['-n', namespace, 'label', 'deployment/web', 'by=hand']);

  const seen = await reviewed(web({}, { labels: { team: 'shop' } }), web());

  expect(seen).toEqual({
    told: ['pull update Deployment web metadata.labels.team: "shop" -> null (git)'],
    ...{ stays: [], adopted: [0] },
  });
});
