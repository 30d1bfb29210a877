import { stringifyJson } from '../../formats/json.ts';
import type { ModuleCall } from '../../formats/wasm/abi.ts';
import { type CompiledModule, type Instance, loadInstance } from '../../formats/wasm/instance.ts';
import { FairleadError } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';

/** The compiled `cel` module on its way to a worker. `key` is equal for equal modules: an instance is kept by it. */
export interface PolicyModule {
  readonly key: string;
  readonly module: CompiledModule;
  /** The cap it was compiled with. */
  readonly maxMemoryMb: number;
}

/** One write that policies look at. */
export interface PolicyEntry extends JsonObject {
  readonly object: JsonObject;
  /** What was there before; null for a create. */
  readonly oldObject: JsonObject | null;
  readonly operation: 'CREATE' | 'UPDATE';
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** Empty for objects of the cluster. */
  readonly namespace: string;
  readonly name: string;
  /** The kind's plural name; empty when it is the usual one. */
  readonly resource: string;
}

/** What is asked: writes, under policies and their bindings, in namespaces as far as they are known. */
export interface PolicyQuestion {
  /** ValidatingAdmissionPolicy and ValidatingAdmissionPolicyBinding objects. */
  readonly policies: readonly JsonObject[];
  readonly entries: readonly PolicyEntry[];
  readonly namespaces: readonly JsonObject[];
}

/** A policy as the module read it. */
export interface PolicyReport {
  readonly name: string;
  readonly failurePolicy: string;
  /** `Deny`, `Warn`, `Audit`, as its bindings say; Deny without a binding. */
  readonly actions: readonly string[];
  /** Why it decides nothing at all. */
  readonly problem: { readonly kind: 'unsupported' | 'error'; readonly message: string } | null;
}

/** What a policy says about an object, when it does not simply admit it. */
export interface PolicyDecision {
  /** Index into the question's entries. */
  readonly object: number;
  /** Index into the answer's policies. */
  readonly policy: number;
  readonly outcome: 'denied' | 'error' | 'undecided';
  readonly message: string;
  readonly actions: readonly string[];
  /** Index of the validation that denied or failed; -1 when none was reached. */
  readonly validation: number;
}

/** The answer. */
export interface PolicyAnswer {
  readonly policies: readonly PolicyReport[];
  readonly decisions: readonly PolicyDecision[];
  /** Pairs of object and policy that matched and passed. */
  readonly admitted: number;
}

/**
 * Asks the API server's own policy code. Synchronous: whoever calls it must be able to be killed. The first call in a
 * thread starts an instance. Throws `FairleadError`: `policy-failed`, `module-crashed`, `module-memory`.
 */
export function evaluatePolicies(from: PolicyModule, question: PolicyQuestion): PolicyAnswer {
  const policies = textOf(question.policies);
  const namespaces = textOf(question.namespaces);
  const decisions: PolicyDecision[] = [];
  let answer: PolicyAnswer = { policies: [], decisions: [], admitted: 0 };
  let admitted = 0;
  for (let first = 0; first === 0 || first < question.entries.length; first += entriesPerCall) {
    const objects = textOf(question.entries.slice(first, first + entriesPerCall));
    answer = ask(instanceOf(from), { policies, objects, namespaces });
    decisions.push(...answer.decisions.map((one) => ({ ...one, object: one.object + first })));
    admitted += answer.admitted;
  }
  return { policies: answer.policies, decisions, admitted };
}

/** Bounds what the module holds at once. */
const entriesPerCall = 250;

function textOf(list: readonly JsonObject[]): Uint8Array {
  return new TextEncoder().encode(stringifyJson(list));
}

/**
 * What to ask of the module when it is built, so that it has compiled these policies once and for all: it knows them again by their
 * text.
 */
export function policyWarmUp(policies: readonly JsonObject[]): ModuleCall {
  return callOf({ policies: textOf(policies), objects: textOf([]), namespaces: textOf([]) });
}

function callOf(texts: Readonly<Record<string, Uint8Array>>): ModuleCall {
  const files = Object.entries(texts).map(([path, text]) => ({ path, size: text.length }));
  return { header: { op: 'evaluate', files }, payload: Object.values(texts) };
}

function ask(instance: Instance, texts: Readonly<Record<string, Uint8Array>>): PolicyAnswer {
  const { header, payload } = callOf(texts);
  // The module under wasm/cel answers so.
  const answer = instance.call(header, payload) as
    | ({ readonly ok: true } & PolicyAnswer)
    | { readonly ok: false; readonly error: string };
  if (answer.ok) return answer;
  throw new FairleadError({
    code: 'policy-failed',
    message: `The policies could not be evaluated: ${answer.error}.`,
    subject: 'policies',
    remedy: 'Correct the policy that the message names.',
  });
}

let running: { readonly key: string; readonly instance: Instance } | null = null;

function instanceOf({ key, module, maxMemoryMb }: PolicyModule): Instance {
  if (running === null || running.key !== key || running.instance.isDead) {
    running = { key, instance: loadInstance(module, { seed: 0, now: 0, maxMemoryMb }) };
  }
  return running.instance;
}
