import { isDeepStrictEqual } from 'node:util';
import type { Finding, Severity } from '../../model/finding.ts';
import { isJsonList, type JsonObject, pick, pickText } from '../../model/json.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';
import type { Check, CheckInput } from './check.ts';
import { findingAt } from './place.ts';
import type { PolicyAnswer, PolicyDecision, PolicyEntry, PolicyReport } from './policy-engine.ts';
import { mayConcern } from './policy-scope.ts';

/** Rule of a policy that is broken, or broke while it was evaluated. */
export const policyErrorRule = 'policy-error';

/** Rule of a policy that cannot be decided from what is known before the merge. */
export const policyUnsupportedRule = 'policy-unsupported';

/** The shipped and the repository's ValidatingAdmissionPolicies. A policy that decides nothing is a finding, never a pass. */
export const policyCheck: Check = {
  name: 'policy',
  text: 'The ValidatingAdmissionPolicies admit every object; their findings carry the policy’s name as rule.',
  rules: [policyErrorRule, policyUnsupportedRule],
  needs: ['policies', 'base'],
  run: (input) => {
    const changed = changedBy(input);
    if (input.policies === null || changed.length === 0) return [];
    const { documents, evaluate } = input.policies;
    const ask = (entries: readonly PolicyEntry[]): PolicyAnswer =>
      evaluate({ policies: documents, entries, namespaces: namespacesOf(input) });
    const asked = { ...input, resources: changed };
    const entries = entriesOf(asked, pluralsOf(input.resources));
    if (!mayConcern(documents, entries)) return [];
    const answer = ask(entries);
    const standing = standingDenials(asked, answer, ask);
    const told = { input: asked, answer, standing, documents: new Map(documents.filter(isPolicy).map(named)) };
    return [
      ...problemFindings(told),
      ...undecidedFindings(told),
      ...answer.decisions.flatMap((one) => decided(told, one)),
    ];
  },
};

/** Whether policies may be about what changed, as far as a look tells. Where they are not, the module that decides need not be had. */
export function mayAsk(policies: readonly JsonObject[], sides: Sides): boolean {
  return mayConcern(policies, entriesOf({ resources: changedBy(sides), base: null }, pluralsOf(sides.resources)));
}

type Sides = Pick<CheckInput, 'resources' | 'base'>;

/** What the change creates or alters; everything where nobody knows what was there before. */
function changedBy({ resources, base }: Sides): readonly Resource[] {
  if (base === null) return resources;
  const before = new Map(base.map(({ id, object }) => [resourceKey(id), object]));
  return resources.filter(({ id, object }) => !isDeepStrictEqual(before.get(resourceKey(id)), object));
}

function namespacesOf({ resources }: CheckInput): readonly JsonObject[] {
  return resources.filter(({ id }) => id.group === '' && id.kind === 'Namespace').map(objectOf);
}

/** Denials that hold for the object as it was, too: the change did not bring them. Object and policy, as `decisionKey` writes them. */
function standingDenials(
  { resources, base }: CheckInput,
  { decisions }: PolicyAnswer,
  ask: (entries: readonly PolicyEntry[]) => PolicyAnswer,
): ReadonlySet<string> {
  const denied = new Set(decisions.filter(({ outcome }) => outcome === 'denied').map(({ object }) => object));
  const before = new Map((base ?? []).map((resource) => [resourceKey(resource.id), resource]));
  const old = [...denied].flatMap((index) => {
    const resource = resources[index];
    const found = resource === undefined ? undefined : before.get(resourceKey(resource.id));
    return found === undefined ? [] : [{ index, found }];
  });
  if (old.length === 0) return new Set();
  const standing = old.map(({ found }) => found);
  const answer = ask(entriesOf({ resources: standing, base: null }, pluralsOf(standing)));
  return new Set(
    answer.decisions
      .filter(({ outcome }) => outcome === 'denied')
      .map(({ object, policy }) => decisionKey({ object: old[object]?.index ?? -1, policy })),
  );
}

function decisionKey({ object, policy }: Pick<PolicyDecision, 'object' | 'policy'>): string {
  return `${object} ${policy}`;
}

interface Told {
  readonly input: CheckInput;
  readonly answer: PolicyAnswer;
  readonly documents: ReadonlyMap<string, JsonObject>;
  readonly standing: ReadonlySet<string>;
}

function isPolicy(document: JsonObject): boolean {
  return document.kind === 'ValidatingAdmissionPolicy';
}

function named(document: JsonObject): readonly [string, JsonObject] {
  return [nameOf(document), document];
}

function nameOf(document: JsonObject): string {
  return pickText(document, 'metadata', 'name') ?? '';
}

function objectOf({ object }: Resource): JsonObject {
  return object;
}

function entriesOf({ resources, base }: Sides, plurals: ReadonlyMap<string, string>): readonly PolicyEntry[] {
  const before = new Map((base ?? []).map((resource) => [resourceKey(resource.id), resource.object]));
  return resources.map(({ id, object }): PolicyEntry => {
    const oldObject = before.get(resourceKey(id)) ?? null;
    const { group, version, kind, name } = id;
    const resource = plurals.get(`${group}/${kind}`) ?? '';
    const operation = oldObject === null ? 'CREATE' : 'UPDATE';
    return { object, oldObject, operation, group, version, kind, name, namespace: id.namespace ?? '', resource };
  });
}

/** Plural names as the definitions among the resources say; all others are the usual ones. */
function pluralsOf(resources: readonly Resource[]): ReadonlyMap<string, string> {
  const definitions = resources.filter(({ id }) => id.kind === 'CustomResourceDefinition');
  return new Map(
    definitions.map(({ object }) => {
      const names = pick(object, 'spec', 'names');
      return [`${pickText(object, 'spec', 'group')}/${pickText(names, 'kind')}`, pickText(names, 'plural') ?? ''];
    }),
  );
}

function problemFindings({ input, answer }: Told): readonly Finding[] {
  return answer.policies.flatMap((policy): readonly Finding[] => {
    if (policy.problem === null) return [];
    const { kind, message } = policy.problem;
    const isError = kind === 'error';
    return [
      {
        rule: isError ? policyErrorRule : policyUnsupportedRule,
        severity: isError ? severityOfError(policy, policy.actions) : 'caution',
        target: input.target,
        resource: null,
        file: null,
        line: null,
        message: `The policy ${policy.name} was not evaluated: ${message}.`,
        fix: isError ? 'Correct the policy.' : 'Leave it to the cluster, and remove it from the policies checked here.',
      },
    ];
  });
}

/** One finding for all objects that a policy could not decide for the same reason. */
function undecidedFindings({ input, answer }: Told): readonly Finding[] {
  const groups = Map.groupBy(
    answer.decisions.filter(({ outcome }) => outcome === 'undecided'),
    ({ policy, message }) => `${policy} ${message}`,
  );
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    const resource = first === undefined ? undefined : input.resources[first.object];
    if (first === undefined || resource === undefined) return [];
    const others = group.length > 1 ? ` So it is with ${group.length - 1} more.` : '';
    const message = `the policy ${answer.policies[first.policy]?.name} could not be decided: ${first.message}.${others}`;
    const remark = { rule: policyUnsupportedRule, severity: 'caution' as const, message, fix: null, at: [] };
    return [findingAt(resource, input.target, remark)];
  });
}

function decided({ input, answer, documents, standing }: Told, decision: PolicyDecision): readonly Finding[] {
  const resource = input.resources[decision.object];
  const policy = answer.policies[decision.policy];
  if (resource === undefined || policy === undefined || decision.outcome === 'undecided') return [];
  const document = documents.get(policy.name);
  const text = sayable(resource, decision, document);
  if (decision.outcome === 'denied') {
    const grave = gravity(text, decision, standing);
    const remark = { rule: ruleOf(policy.name), fix: fixOf(document), at: [] };
    return grave === null ? [] : [findingAt(resource, input.target, { ...remark, ...grave })];
  }
  const remark = {
    rule: policyErrorRule,
    severity: severityOfError(policy, decision.actions),
    message: `the policy ${policy.name} failed: ${text}.`,
    fix: 'Correct the policy, or the object when it lacks what the policy reads.',
  };
  return [findingAt(resource, input.target, { ...remark, at: [] })];
}

/** What was so before the change: a word where the cluster would refuse it, nothing where it would only warn. */
function gravity(text: string, decision: PolicyDecision, standing: ReadonlySet<string>) {
  const severity = severityOf(decision.actions);
  if (!standing.has(decisionKey(decision))) return { severity, message: `${text}.` };
  return severity === 'block' ? { severity: 'note' as const, message: `${text} (so before this change).` } : null;
}

/** A policy may put any value of the object into its message: of a Secret only the written message is told. */
function sayable({ id }: Resource, { message, validation }: PolicyDecision, document: JsonObject | undefined): string {
  if (id.group !== '' || id.kind !== 'Secret') return clip(message.split('\n')[0] ?? '');
  const validations = pick(document, 'spec', 'validations');
  const written = isJsonList(validations) ? pickText(validations[validation], 'message') : undefined;
  return written ?? 'its message is not shown, because the object is a Secret';
}

/** A long message keeps its end too: behind the expression that it quotes it says what is wrong. */
function clip(text: string): string {
  return text.length > 400 ? `${text.slice(0, 200)}…${text.slice(-200)}`.toWellFormed() : text;
}

/** A shipped policy is named after its rule. */
function ruleOf(name: string): string {
  return name.replace(/\.fairlead\.dev$/, '');
}

function fixOf(document: JsonObject | undefined): string | null {
  return pickText(document, 'metadata', 'annotations', 'fairlead.dev/fix') ?? null;
}

function severityOf(actions: readonly string[]): Severity {
  if (actions.includes('Deny')) return 'block';
  return actions.includes('Warn') ? 'caution' : 'note';
}

/** What the cluster would refuse blocks; a policy that lets errors pass, or only warns, wants a look. */
function severityOfError({ failurePolicy }: PolicyReport, actions: readonly string[]): Severity {
  return failurePolicy !== 'Ignore' && actions.includes('Deny') ? 'block' : 'caution';
}
