import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ControlPlane, useControlPlane } from './control-plane/control-plane.ts';

const folder = resolve(import.meta.dirname, '../policies');
const policies = readdirSync(folder);
const examples = policies.flatMap((policy) =>
  readdirSync(join(folder, policy, 'examples')).map((file) => [policy, file] as const),
);

/** The shipped policy with a binding that denies in one namespace only, so that other tests do not feel it. */
async function enforce(plane: ControlPlane, policy: string): Promise<string> {
  const namespace = await plane.namespace('policy');
  const name = `${policy}.fairlead.dev`;
  await plane.kubectl(['apply', '-f', join(folder, policy, 'policy.yaml')]);
  const binding = {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name: `${namespace}.test` },
    spec: {
      policyName: name,
      validationActions: ['Deny'],
      matchResources: { namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': namespace } } },
    },
  };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(binding) });
  return namespace;
}

async function verdict(plane: ControlPlane, namespace: string, file: string): Promise<string> {
  const manifest = readFileSync(file, 'utf8');
  const args = ['apply', '--server-side', '--dry-run=server', '-n', namespace, '-f', '-'];
  return plane.kubectl(args, { input: manifest }).then(
    () => 'passes',
    (error: unknown) => String(error),
  );
}

describe('every shipped policy is enforced by a real API server as its examples say', () => {
  const namespaces = new Map<string, string>();
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await useControlPlane();
    for (const policy of policies) {
      const namespace = await enforce(plane, policy);
      const failing = readdirSync(join(folder, policy, 'examples')).find((file) => file.startsWith('failing-'));
      const until = Date.now() + 20_000;
      // The API server starts to enforce a policy a moment after it was stored.
      while ((await verdict(plane, namespace, join(folder, policy, 'examples', failing ?? ''))) === 'passes') {
        if (Date.now() > until) throw new Error(`${policy} is not enforced after 20 s`);
      }
      namespaces.set(policy, namespace);
    }
  }, 120_000);

  test('each policy has passing and failing examples', () => {
    for (const policy of policies) {
      const files = examples.filter(([name]) => name === policy).map(([, file]) => file.split('-')[0]);
      expect([policy, ...new Set(files)].sort()).toEqual(['failing', policy, 'passing'].sort());
    }
  });

  test.each(examples)('%s: %s', async (policy, file) => {
    const answer = await verdict(plane, namespaces.get(policy) ?? '', join(folder, policy, 'examples', file));

    expect(answer).toMatch(file.startsWith('passing-') ? /^passes$/ : /has no fixed version/);
  });

  test.each(policies)('the binding of %s warns and names its policy', (policy) => {
    const binding = readFileSync(join(folder, policy, 'binding.yaml'), 'utf8');

    expect(binding).toContain(`policyName: ${policy}.fairlead.dev`);
    expect(binding).toContain('validationActions: [Warn]');
  });
});
