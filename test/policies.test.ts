import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { decodeManifests } from '../src/formats/yaml/decode.ts';
import { policiesIn, readPolicyFolder } from '../src/gitops/validate/read-policies.ts';
import type { Resource } from '../src/model/resource.ts';
import { mutations } from './support/pod-mutations.ts';
import { type PolicyProof, provePolicies } from './support/policy-proof.ts';

const folder = resolve(import.meta.dirname, '../policies');
const policies = readdirSync(folder);
const examples = policies.flatMap((policy) =>
  readdirSync(join(folder, policy, 'examples')).map((file) => [policy, file] as const),
);

function read(...path: readonly string[]): readonly Resource[] {
  const file = join(folder, ...path);
  return decodeManifests({ file, bytes: readFileSync(file) }).resources;
}

function example(policy: string, file: string): Resource {
  const [resource] = read(policy, 'examples', file);
  if (resource === undefined) throw new Error(`${policy}/examples/${file} is empty`);
  return resource;
}

const severe = ['cluster-admin-binding', 'host-namespaces', 'host-path-volume', 'privileged-container'];

describe('the folder of shipped policies', () => {
  test('each policy has passing and failing examples', () => {
    for (const policy of policies) {
      const files = examples.filter(([name]) => name === policy).map(([, file]) => file.split('-')[0]);
      expect([policy, ...new Set(files)].sort()).toEqual(['failing', policy, 'passing'].sort());
    }
  });

  test.each(policies)('%s says why it is there and what to do, and its binding names it', (policy) => {
    const [object] = read(policy, 'policy.yaml').map((one) => one.object);
    const [binding] = read(policy, 'binding.yaml').map((one) => one.object);

    expect(object).toMatchObject({
      metadata: {
        name: `${policy}.fairlead.dev`,
        annotations: { 'fairlead.dev/why': expect.any(String), 'fairlead.dev/fix': expect.any(String) },
      },
    });
    expect(binding).toMatchObject({
      spec: { policyName: `${policy}.fairlead.dev`, validationActions: [severe.includes(policy) ? 'Deny' : 'Warn'] },
    });
  });

  test('is read whole, policies beside their bindings', async () => {
    expect((await readPolicyFolder(folder)).map(({ kind }) => kind)).toEqual(
      policies.flatMap(() => ['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']),
    );
  });

  test('takes nothing but policies', () => {
    const bytes = new TextEncoder().encode('apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n');

    expect(() => policiesIn({ file: 'a.yaml', bytes })).toThrow('a.yaml holds a ConfigMap among the policies.');
  });
});

describe('a real API server and the module say the same, word for word', () => {
  let proof: PolicyProof;

  beforeAll(async () => {
    proof = await provePolicies(policies.flatMap((policy) => read(policy, 'policy.yaml').map((one) => one.object)));
    for (const [policy, file] of examples.filter(([, name]) => name.startsWith('failing-'))) {
      await inForce(proof, policy, example(policy, file));
    }
  }, 180_000);

  test.each(examples)('%s: %s', async (policy, file) => {
    const object = example(policy, file);
    const name = `${policy}.fairlead.dev`;

    const real = await proof.real(object);
    const refusal = await proof.refusal(object, name);

    expect(proof.ours(object)).toEqual(real);
    const own = real.filter((said) => said.startsWith(`${name}: `));
    expect(own.length > 0).toBe(file.startsWith('failing-'));
    const first = own.find((said) => refusal?.endsWith(said.slice(name.length).trim()) ?? false);
    expect(refusal === null).toBe(first === undefined);
  });

  test.each(mutations())('%s', async (_title, object) => {
    expect(proof.ours(object)).toEqual(await proof.real(object));
  });

  test('every policy refuses some of the mutations and passes others', () => {
    const said = mutations().map(([, object]) =>
      proof.ours(object).map((one) => one.split('.fairlead.dev: ')[0] ?? ''),
    );

    for (const policy of policies) {
      const refused = said.filter((names) => names.includes(policy)).length;
      expect([policy, refused > 0, refused < said.length]).toEqual([policy, true, true]);
    }
  });
});

/** The API server starts to enforce a policy, and each of its bindings, a moment after it was stored. */
async function inForce(proof: PolicyProof, policy: string, failing: Resource): Promise<void> {
  const end = Date.now() + 30_000;
  const isWarned = async () => (await proof.real(failing)).some((said) => said.startsWith(`${policy}.`));
  const isRefused = async () => (await proof.refusal(failing, `${policy}.fairlead.dev`)) !== null;
  while (!((await isWarned()) && (await isRefused()))) {
    if (Date.now() > end) throw new Error(`${policy} is not in force after 30 s`);
  }
}
