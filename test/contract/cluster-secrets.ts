import { describe, expect, test } from '@jest/globals';
import { BorderError } from '../../src/model/error.ts';
import { pick, pickText } from '../../src/model/json.ts';
import { HIDDEN_TAG } from '../../src/model/redacted.ts';
import type { ClusterOf } from './cluster.ts';
import { apply, everything, fresh, fromStart, idOf, newNamespace, secret, signal, types } from './cluster-fixtures.ts';

/** No value of a Secret leaves the cluster room. */
export function clusterSecretContract(clusterOf: ClusterOf): void {
  describe('secrets', () => {
    test('are masked in every answer, whatever the call', async () => {
      const namespace = await newNamespace(clusterOf());
      const canary = fresh('canary');
      const id = idOf(types.secret, namespace, 'login');
      const object = secret(namespace, 'login', { stringData: { password: canary } });

      const dryRun = await clusterOf().write(object, { ...apply, dryRun: true }, signal);
      const written = await clusterOf().write(object, apply, signal);
      const read = await clusterOf().get(id, signal);
      const listed = await clusterOf().list(types.secret, { ...everything, namespace }, signal);
      const label = [{ op: 'add', path: '/metadata/labels', value: { a: 'b' } }];
      const patched = await clusterOf().patch(id, label, { resourceVersion: null }, signal);
      const watched = await firstEvent(clusterOf, namespace);

      const answers = JSON.stringify([dryRun, written, read, listed, patched, watched]);
      expect(answers).not.toContain(canary);
      expect(answers).not.toContain(Buffer.from(canary).toString('base64'));
      const tags = [dryRun.object, written.object, read ?? {}, listed.items[0] ?? {}, patched].map((answer) =>
        pickText(answer, 'data', 'password'),
      );
      expect(tags[0]).toMatch(new RegExp(`^${HIDDEN_TAG}[0-9a-f]{32}$`));
      expect(new Set(tags).size).toBe(1);
    });

    test('show by their tag whether a value changes', async () => {
      const namespace = await newNamespace(clusterOf());
      const values = (password: string): ReturnType<typeof secret> =>
        secret(namespace, 'login', { data: { password: Buffer.from(password).toString('base64') } });

      const one = await clusterOf().write(values('first-password'), apply, signal);
      const two = await clusterOf().write(values('other-password'), apply, signal);
      const three = await clusterOf().write(values('first-password'), apply, signal);

      const [a, b, c] = [one, two, three].map(({ object }) => pick(object, 'data', 'password'));
      expect(a).toBe(c);
      expect(a).not.toBe(b);
    });

    test('are masked in the copy that kubectl apply keeps', async () => {
      const namespace = await newNamespace(clusterOf());
      const canary = fresh('canary');
      const applied = JSON.stringify({ kind: 'Secret', stringData: { password: canary } });
      const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': applied };
      const object = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login', namespace, annotations } };

      await clusterOf().write(object, apply, signal);
      const whole = await clusterOf().get(idOf(types.secret, namespace, 'login'), signal);
      const metadata = await clusterOf().list(types.secret, { ...everything, namespace, metadataOnly: true }, signal);

      expect(JSON.stringify([whole, metadata])).not.toContain(canary);
      expect(JSON.stringify([whole, metadata])).toContain(HIDDEN_TAG);
    });

    test('are masked in what the server says of a bad one', async () => {
      const namespace = await newNamespace(clusterOf());
      const number = 4_815_162_342;
      const [short, long] = [731, fresh('canary')];
      const bad = [
        secret(namespace, 'number', { data: { pin: number } }),
        secret(namespace, 'short', { stringData: { pin: short } }),
        secret(namespace, 'list', { stringData: { list: [long] } }),
      ];

      const messages = await Promise.all(
        bad.map((object) => clusterOf().write(object, apply, signal).then(shouldHaveFailed, describeFault)),
      );

      const said = messages.join('\n');
      expect(messages).toHaveLength(3);
      for (const value of [String(number), String(short), long]) expect(said).not.toContain(value);
    });
  });
}

async function firstEvent(clusterOf: ClusterOf, namespace: string): Promise<unknown> {
  const stop = new AbortController();
  try {
    for await (const event of clusterOf().watch(types.secret, { ...fromStart, namespace }, stop.signal)) return event;
  } finally {
    stop.abort();
  }
  throw new Error('the watch ended without an event');
}

function shouldHaveFailed(): string {
  throw new Error('the server took a secret that is no secret');
}

function describeFault(fault: unknown): string {
  if (!(fault instanceof BorderError)) throw fault;
  expect(fault.kind).toBe('invalid');
  return `${fault.message} ${fault.remedy} ${fault.subject} ${JSON.stringify(fault)} ${String(fault.cause)}`;
}
