import { join } from 'node:path';
import { compileModule } from '../../src/formats/wasm/instance.ts';
import { locateModule } from '../../src/formats/wasm/locate-module.ts';
import { evaluatePolicies, type PolicyModule } from '../../src/gitops/validate/policy-engine.ts';
import { isJsonObject, type Json, type JsonObject } from '../../src/model/json.ts';
import type { Resource } from '../../src/model/resource.ts';
import { type ControlPlane, useControlPlane } from '../control-plane/control-plane.ts';
import { cacheDir } from '../control-plane/go-program.ts';
import { type Received, send } from '../pretend/api-server/support.ts';

/** What a policy says about an object, as `policy name: message`. */
export type Said = readonly string[];

/** One namespace of a real API server with policies in force on the objects that carry a label, and our module beside it. */
export interface PolicyProof {
  readonly module: PolicyModule;
  readonly namespace: string;
  /** All that the real server says about creating an object, sorted. */
  real(resource: Resource): Promise<Said>;
  /** The same by the module. */
  ours(resource: Resource): Said;
  /** The server's refusal of an object on which one policy is bound with Deny, or null. */
  refusal(resource: Resource, policy: string): Promise<string | null>;
}

/** The `cel` module of this checkout, built when the cache lacks it. */
export async function celModule(): Promise<PolicyModule> {
  const maxMemoryMb = 512;
  const path = await celPath(new AbortController().signal);
  return { key: path, module: await compileModule(path, maxMemoryMb), maxMemoryMb };
}

/** Where it is. */
export function celPath(signal: AbortSignal): Promise<string> {
  const onProgress = (line: string) => void process.stderr.write(`${line}\n`);
  const sourceDir = join(import.meta.dirname, '../../wasm');
  return locateModule('cel', { cacheDir: cacheDir(), builtDir: null, sourceDir, onProgress, env: process.env }, signal);
}

/** Puts policies in force; the server enforces them a moment later. */
export async function provePolicies(policies: readonly JsonObject[]): Promise<PolicyProof> {
  const [plane, module] = await Promise.all([useControlPlane(), celModule()]);
  const namespace = await plane.namespace('policy');
  const bindings = policies.map((policy, index) => warning(nameOf(policy), namespace, groupOf(namespace, index)));
  const refusing = policies.map((policy) => denying(nameOf(policy), namespace));
  const list = { apiVersion: 'v1', kind: 'List', items: [...policies, ...bindings, ...refusing] };
  await plane.kubectl(['apply', '-f', '-'], { input: JSON.stringify(list) });
  const labelled = (resource: Resource, value: string): Resource => label(resource, { [proofLabel]: value });
  return {
    module,
    namespace,
    real: async (resource) => {
      const groups = new Set(policies.map((_, index) => groupOf(namespace, index)));
      const said = await Promise.all(
        [...groups].map((group) => warningsOn(plane, namespace, labelled(resource, group))),
      );
      return said.flat().sort();
    },
    ours: (resource) => {
      const { id, object } = resource;
      const { group, version, kind, name } = id;
      const place = clusterKinds.has(kind) ? '' : namespace;
      const operation = 'CREATE' as const;
      const entry = { object, oldObject: null, operation, group, version, kind, name, namespace: place, resource: '' };
      const answer = evaluatePolicies(module, { policies, entries: [entry], namespaces: [] });
      // The server keeps silent where errors are to be ignored.
      const told = answer.decisions.filter(
        ({ policy, outcome }) => outcome !== 'error' || answer.policies[policy]?.failurePolicy !== 'Ignore',
      );
      return told.map(({ policy, message }) => `${answer.policies[policy]?.name}: ${message.trim()}`).sort();
    },
    refusal: async (resource, policy) => {
      const { status, body } = await create(plane, namespace, labelled(resource, denyLabel(namespace, policy)));
      return status === 201 ? null : String(body.message);
    },
  };
}

const proofLabel = 'policy-proof';

function nameOf({ metadata }: JsonObject): string {
  return isJsonObject(metadata) ? String(metadata.name) : '';
}

function denyLabel(namespace: string, policy: string): string {
  return `${namespace}.${policy}`.slice(0, 63);
}

/** With Warn the server tells of every policy at once, but cuts warnings that are too long together. */
function warning(policy: string, namespace: string, value: string): JsonObject {
  return binding(policy, { name: `${policy}.${namespace}`, action: 'Warn', value });
}

function groupOf(namespace: string, index: number): string {
  return `${namespace}.${Math.floor(index / 5)}`;
}

async function warningsOn(plane: ControlPlane, namespace: string, resource: Resource): Promise<Said> {
  const { status, warnings, text } = await create(plane, namespace, resource);
  if (status !== 201) throw new Error(`${resource.id.name}: ${status} ${text.slice(0, 500)}`);
  return warnings.flatMap(readWarning);
}

function denying(policy: string, namespace: string): JsonObject {
  return binding(policy, { name: `${policy}.${namespace}.deny`, action: 'Deny', value: denyLabel(namespace, policy) });
}

/** By a label of the object: a namespace's label would spare no object of the cluster, in other tests too. */
function binding(policyName: string, { name, action, value }: Record<'name' | 'action' | 'value', string>): JsonObject {
  const matchResources = { objectSelector: { matchLabels: { [proofLabel]: value } } };
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingAdmissionPolicyBinding',
    metadata: { name },
    spec: { policyName, validationActions: [action], matchResources },
  };
}

function label(resource: Resource, labels: JsonObject): Resource {
  const metadata = asObject(resource.object.metadata);
  const all = { ...asObject(metadata.labels), ...labels };
  return { ...resource, object: { ...resource.object, metadata: { ...metadata, labels: all } } };
}

function asObject(value: Json | undefined): JsonObject {
  return isJsonObject(value) ? value : {};
}

const clusterKinds = new Set(['ClusterRole', 'ClusterRoleBinding', 'Namespace']);

function create(plane: ControlPlane, namespace: string, { id, object }: Resource): Promise<Received> {
  const root = id.group === '' ? '/api/v1' : `/apis/${id.group}/${id.version}`;
  const place = clusterKinds.has(id.kind) ? '' : `/namespaces/${namespace}`;
  const path = `${root}${place}/${id.kind.toLowerCase()}s?dryRun=All`;
  const headers = { authorization: `Bearer ${plane.token}` };
  return send(plane.server, { method: 'POST', path, body: object, headers }, plane.certificate);
}

/** A warning arrives as `299 - "text"`. */
function readWarning(header: string): readonly string[] {
  const text = header.replace(/^299 \S+ "(.*)"$/s, '$1').replaceAll(/\\(["\\])/g, '$1');
  const found = /^Validation failed for ValidatingAdmissionPolicy '([^']+)' with binding '[^']+': (.*)$/s.exec(text);
  return found === null ? [] : [`${found[1]}: ${found[2]?.trim()}`];
}
