import type { DocumentSource } from '../../formats/openapi/schemas.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { apiVersionOf, type Resource } from '../../model/resource.ts';
import { createPool, type Pool, workerScript } from '../../tools/pool.ts';
import type { Check } from './check.ts';
import { checks } from './index.ts';
import type { KnownKinds } from './kind-facts.ts';
import { type PackedDocument, packDocument } from './packed-document.ts';
import { type CheckTask, isKindDefinition } from './run-check.ts';

/** What is validated: everything one target will hold. */
export interface ValidateInput {
  /** The target's id for findings, or null. */
  readonly target: string | null;
  readonly resources: readonly Resource[];
  /** OpenAPI documents of the cluster, or of the bundle. */
  readonly documents: DocumentSource;
  readonly kinds: KnownKinds;
}

/** Runs all checks in worker threads. */
export interface ResourceValidator {
  /**
   * All findings, in the order of the registry. A check that overran or died, and a document that could not be read, is a
   * finding of rule `check-incomplete`. Rejects only when the signal fires.
   */
  validate(input: ValidateInput, signal: AbortSignal): Promise<readonly Finding[]>;
  close(): Promise<void>;
}

/** The rule of findings that say: this was not fully checked. */
export const incompleteRule = 'check-incomplete';

/** Opens a validator. `deadlineMs` is for one check on one target. */
export function createValidator(options: { readonly size: number; readonly deadlineMs: number }): ResourceValidator {
  const pool = createPool<CheckTask, readonly Finding[]>({
    script: workerScript(import.meta.url, './worker'),
    size: options.size,
    workerData: null,
    resourceLimits: { maxOldGenerationSizeMb: 512 },
  });
  return {
    validate: async (input, signal) => {
      const { documents, findings } = await readDocuments(input, signal);
      const run = (check: Check) =>
        runInPool(pool, { check, input, documents, deadlineMs: options.deadlineMs }, signal);
      const results = await Promise.all(checks.map(run));
      return [...findings, ...results.flat()];
    },
    close: () => pool.close(),
  };
}

interface Run {
  readonly check: Check;
  readonly input: ValidateInput;
  readonly documents: readonly PackedDocument[];
  readonly deadlineMs: number;
}

type CheckPool = Pool<CheckTask, readonly Finding[]>;

async function runInPool(pool: CheckPool, run: Run, signal: AbortSignal): Promise<readonly Finding[]> {
  const { check, input, deadlineMs } = run;
  const documents = check.needs.includes('schemas') ? run.documents : [];
  const { target, resources, kinds } = input;
  try {
    return await pool.run({ check: check.name, target, resources, documents, kinds }, { signal, deadlineMs });
  } catch (fault) {
    signal.throwIfAborted();
    return [incomplete(target, `The check ${check.name} did not finish: ${sentenceOf(fault)}`)];
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
