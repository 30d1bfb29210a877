import type { DocumentSource } from '../../formats/openapi/schemas.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { apiVersionOf, type Resource } from '../../model/resource.ts';
import type { Limits } from '../../tools/deadline.ts';
import { createPool, type Pool, workerScript } from '../../tools/pool.ts';
import type { Check } from './check.ts';
import { type LeakFile, unsearched } from './find-leaks.ts';
import { checks } from './index.ts';
import { isKindDefinition, type KnownKinds } from './kind-facts.ts';
import { type PackedDocument, packDocument } from './packed-document.ts';
import { type PackedSides, packSides, type Sides } from './packed-sides.ts';
import { mayAsk, policyCheck } from './policy-check.ts';
import { type OpenModule, policyModuleOpener } from './policy-module.ts';
import type { CheckTask, PolicyTask } from './run-check.ts';

/** What is validated: everything one target will hold. */
export interface ValidateInput {
  /** The target's id for findings, or null. */
  readonly target: string | null;
  readonly resources: readonly Resource[];
  /** OpenAPI documents of the cluster, or of the bundle. */
  readonly documents: DocumentSource;
  readonly kinds: KnownKinds;
  /** The same target before the change, where it is known. */
  readonly base?: readonly Resource[] | null;
  /** ValidatingAdmissionPolicies and their bindings; they need the validator's `policyModule`. */
  readonly policies?: readonly JsonObject[];
  /** The target's Kubernetes minor version, 36 for 1.36. */
  readonly minor?: number | null;
}

/** How a validator is opened. */
export interface ValidatorOptions {
  readonly size: number;
  /** For one check on one target. */
  readonly deadlineMs: number;
  /** Where the built `cel` module is; asked for when there are policies for the first time. */
  readonly policyModule?: (signal: AbortSignal) => Promise<string>;
  /** Added to the deadline of the policies, which take some seconds to compile in a new thread. Default 30,000. */
  readonly policyStartMs?: number;
  /** Given every secret value that a search of files meets; left out: nobody is to hide them. */
  readonly learn?: (value: string) => void;
}

/** Runs all checks in worker threads. */
export interface ResourceValidator {
  /**
   * All findings, in the order of the registry. A check that overran or died, and a document that could not be read, is a
   * finding of rule `check-incomplete`. Rejects only when the signal fires.
   */
  validate(input: ValidateInput, signal: AbortSignal): Promise<readonly Finding[]>;
  /** What these policies and bindings say of resources that are taken for new: as `validate`, and no other check. */
  admit(asked: Admission, signal: AbortSignal): Promise<readonly Finding[]>;
  /** Starts the thread ahead of the first check. */
  start(): void;
  /** Loads what checks need ahead of the first one, by policies on any resources. */
  warm(asked: Admission): void;
  /** Secrets and tokens in clear; what is found is learned before this resolves. A search that overran or died is a finding as well. Rejects only when the signal fires. */
  findLeaks(files: readonly LeakFile[], signal: AbortSignal): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/** Resources, and ValidatingAdmissionPolicies with their bindings. */
export interface Admission {
  readonly target: string | null;
  readonly resources: readonly Resource[];
  readonly policies: readonly JsonObject[];
}

/** One check, with what it looks at packed. */
export interface PackedTask extends Omit<CheckTask, keyof Sides> {
  readonly sides: PackedSides;
}

/** What a worker of the validator is given. */
export type ValidatorTask = PackedTask | { readonly files: readonly LeakFile[] };

/** What a search of files gives: what is to be said of them, and the clear values, which are learned and never told. */
export interface LeakSearch {
  readonly findings: readonly Finding[];
  readonly values: readonly string[];
}

/** The rule of findings that say: this was not fully checked. */
export const incompleteRule = 'check-incomplete';

/** Opens a validator. */
export function createValidator(options: ValidatorOptions): ResourceValidator {
  const pool: ValidatorPool = createPool({
    script: workerScript(import.meta.url, './worker'),
    size: options.size,
    workerData: null,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  const openModule = policyModuleOpener(options.policyModule);
  const validate: ResourceValidator['validate'] = async (input, signal) => {
    const { deadlineMs, policyStartMs = 30_000 } = options;
    const { documents, findings } = await readDocuments(input, signal);
    const policies = await openPolicies(input, openModule, signal);
    const sides = sidesOf(input);
    const run = (check: Check) => {
      const limit = deadlineMs + (check.needs.includes('policies') ? policyStartMs : 0);
      return runInPool(pool, { check, input, sides, documents, policies: policies.task, deadlineMs: limit }, signal);
    };
    const results = await Promise.all(checks.map(run));
    return [...findings, ...policies.findings, ...results.flat()];
  };
  const admit: ResourceValidator['admit'] = async (asked, signal) => {
    const { deadlineMs, policyStartMs = 30_000 } = options;
    const input = { ...asked, documents: async () => null, kinds: { served: null, builtIn: [] } };
    const { task, findings } = await openPolicies(input, openModule, signal);
    if (task === null) return findings;
    const run = { check: policyCheck, input, sides: sidesOf(input), documents: [], policies: task };
    return runInPool(pool, { ...run, deadlineMs: deadlineMs + policyStartMs }, signal);
  };
  const ended = new AbortController();
  return {
    validate,
    admit,
    // What goes wrong will go wrong again, and is told then.
    start: () => pool.warm(),
    warm: (asked) => void admit(asked, ended.signal).catch(() => undefined),
    findLeaks: async (files, signal) => {
      const { findings, values } = await searchInPool(pool, files, { signal, deadlineMs: options.deadlineMs });
      values.forEach(options.learn ?? (() => undefined));
      return findings;
    },
    close: () => {
      ended.abort(new Error('the validator is closed'));
      return pool.close();
    },
  };
}

function sidesOf({ resources, base = null }: Pick<ValidateInput, 'resources' | 'base'>): PackedSides {
  return packSides({ resources, base });
}

interface Run {
  readonly check: Check;
  readonly input: ValidateInput;
  readonly sides: PackedSides;
  readonly documents: readonly PackedDocument[];
  readonly policies: PolicyTask | null;
  readonly deadlineMs: number;
}

type ValidatorPool = Pool<ValidatorTask, readonly Finding[] | LeakSearch>;

async function runInPool(pool: ValidatorPool, run: Run, signal: AbortSignal): Promise<readonly Finding[]> {
  const { check, deadlineMs } = run;
  const { target } = run.input;
  try {
    const result = await pool.run(taskOf(run), { signal, deadlineMs });
    return 'findings' in result ? result.findings : result;
  } catch (fault) {
    signal.throwIfAborted();
    return [incomplete(target, `The check ${check.name} did not finish: ${sentenceOf(fault)}`)];
  }
}

async function searchInPool(pool: ValidatorPool, files: readonly LeakFile[], limits: Limits): Promise<LeakSearch> {
  try {
    const result = await pool.run({ files }, limits);
    return 'findings' in result ? result : { findings: result, values: [] };
  } catch (fault) {
    limits.signal.throwIfAborted();
    const [first, ...others] = files.map(({ path }) => path);
    const names = others.length === 0 ? first : `${first} and ${others.length} more files`;
    const message = `The search for secrets in ${names} did not finish: ${sentenceOf(fault)}`;
    return { findings: [unsearched(first ?? null, message)], values: [] };
  }
}

function taskOf({ check, input, sides, documents, policies }: Run): PackedTask {
  const { target, kinds, minor = null } = input;
  return {
    check: check.name,
    target,
    sides,
    kinds,
    minor,
    documents: check.needs.includes('schemas') ? documents : [],
    policies: check.needs.includes('policies') ? policies : null,
  };
}

interface Policies {
  readonly task: PolicyTask | null;
  readonly findings: readonly Finding[];
}

/** What the policy check needs, and what to say when it cannot be had. */
async function openPolicies(input: ValidateInput, openModule: OpenModule, signal: AbortSignal): Promise<Policies> {
  const { target, resources, base = null, policies = [] } = input;
  if (!mayAsk(policies, { resources, base })) return { task: null, findings: [] };
  try {
    return { task: { documents: policies, module: await openModule(signal) }, findings: [] };
  } catch (fault) {
    signal.throwIfAborted();
    const message = `${policies.length} policies and bindings were not evaluated: ${sentenceOf(fault)}`;
    return { task: null, findings: [incomplete(target, message)] };
  }
}

interface Documents {
  readonly documents: readonly PackedDocument[];
  readonly findings: readonly Finding[];
}

async function readDocuments(input: ValidateInput, signal: AbortSignal): Promise<Documents> {
  const versions = new Set(input.resources.map(({ id }) => apiVersionOf(id)));
  // A kind declared among the resources borrows the server's own metadata schema from here.
  if (input.resources.some(isKindDefinition)) versions.add('v1');
  const results = await Promise.all([...versions].map((version) => readDocument(input, version, signal)));
  return {
    documents: results.flatMap((result) => (result !== null && 'hash' in result ? [result] : [])),
    findings: results.flatMap((result) => (result !== null && 'rule' in result ? [result] : [])),
  };
}

async function readDocument(
  input: ValidateInput,
  version: string,
  signal: AbortSignal,
): Promise<PackedDocument | Finding | null> {
  try {
    const document = await input.documents(version, signal);
    return document === null ? null : packDocument(version, document);
  } catch (fault) {
    signal.throwIfAborted();
    return incomplete(input.target, `The schemas of ${version} could not be read: ${sentenceOf(fault)}`);
  }
}

function incomplete(target: string | null, message: string): Finding {
  const fix = 'Run the review again; when it happens each time, look at what the message names.';
  return { rule: incompleteRule, severity: 'caution', target, resource: null, file: null, line: null, message, fix };
}

function sentenceOf(fault: unknown): string {
  if (fault instanceof FairleadError) return fault.message;
  return fault instanceof Error ? `${fault.message}.` : `${String(fault)}.`;
}
