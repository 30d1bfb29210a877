import { customKinds } from '../../formats/openapi/custom-resource.ts';
import type { KindId } from '../../formats/openapi/definition.ts';
import { openStrictSchema, type StrictSchema } from '../../formats/openapi/strict-schema.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { JsonObject } from '../../model/json.ts';
import { apiVersionOf, type Resource } from '../../model/resource.ts';
import type { Check, CheckInput, PolicySet } from './check.ts';
import { factsOf, isKindDefinition, type KnownKinds, kindKey } from './kind-facts.ts';
import { type PackedDocument, unpackDocument } from './packed-document.ts';
import { evaluatePolicies, type PolicyModule } from './policy-engine.ts';

/** One check on the resources of one target, as plain data for a worker. */
export interface CheckTask {
  readonly check: string;
  readonly target: string | null;
  readonly resources: readonly Resource[];
  readonly documents: readonly PackedDocument[];
  readonly kinds: KnownKinds;
  readonly base?: readonly Resource[] | null;
  readonly policies?: PolicyTask | null;
  readonly minor?: number | null;
}

/** Policies on their way to a worker. */
export interface PolicyTask {
  readonly documents: readonly JsonObject[];
  readonly module: PolicyModule;
}

/** Runs one check of a registry. Synchronous: whoever calls it must be able to be killed. */
export function runCheck(checks: readonly Check[], task: CheckTask): readonly Finding[] {
  const check = checks.find(({ name }) => name === task.check);
  if (check === undefined) throw unknownCheck(task.check);
  return check.run(inputOf(check.needs.includes('base') ? task : { ...task, base: null }));
}

function inputOf(task: CheckTask): CheckInput {
  const documents = new Map(task.documents.map((packed) => [packed.groupVersion, unpackDocument(packed)]));
  const own = ownDocuments(task.resources, documents.get('v1') ?? null);
  const schemas = new Map<string, StrictSchema | null>();
  return {
    target: task.target,
    resources: task.resources,
    base: task.base ?? null,
    policies: policySetOf(task.policies ?? null),
    minor: task.minor ?? null,
    factsOf: (id) => factsOf(id, task.kinds),
    schemaOf: (id) => {
      const key = kindKey(id);
      const known = schemas.get(key);
      if (known !== undefined) return known;
      const schema = findSchema(id, own.get(key) ?? documents.get(apiVersionOf(id)));
      schemas.set(key, schema);
      return schema;
    },
  };
}

function policySetOf(task: PolicyTask | null): PolicySet | null {
  if (task === null) return null;
  return { documents: task.documents, evaluate: (question) => evaluatePolicies(task.module, question) };
}

function findSchema(id: KindId, document: JsonObject | undefined): StrictSchema | null {
  return document === undefined ? null : openStrictSchema(document, id);
}

/** Documents of the kinds that are declared among the resources: they come before what the cluster has now. */
function ownDocuments(resources: readonly Resource[], meta: JsonObject | null): ReadonlyMap<string, JsonObject> {
  const kinds = resources.filter(isKindDefinition).flatMap(({ object }) => customKinds(object, meta));
  return new Map(kinds.map(({ id, document }) => [kindKey(id), document]));
}

function unknownCheck(name: string): FairleadError {
  return new FairleadError({
    code: 'unknown-check',
    message: `There is no check named ${name}.`,
    subject: name,
    remedy: 'Use a name from the registry of checks.',
  });
}
