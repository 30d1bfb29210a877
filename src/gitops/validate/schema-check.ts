import type { StrictSchema } from '../../formats/openapi/strict-schema.ts';
import type { Problem } from '../../formats/openapi/validator.ts';
import { FairleadError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Check, CheckInput } from './check.ts';
import { findingAt } from './place.ts';
import { tellsRemoval } from './removed-api-check.ts';
import { remarkOn } from './schema-remarks.ts';
import { unknownKinds } from './unknown-kind.ts';

/** Strict validation against the schema the target has for each kind, as the API server would do it. */
export const schemaCheck: Check = {
  name: 'schema',
  text: 'Every field is known, has the right type and an allowed value; required fields are there; list items are distinct.',
  rules: [
    'schema-unknown-field',
    'schema-wrong-type',
    'schema-enum',
    'schema-required',
    'schema-invalid',
    'schema-unknown-kind',
    'schema-broken',
    'schema-pattern-unchecked',
    'schema-more',
    'duplicate-list-key',
  ],
  needs: ['schemas'],
  run: (input) => {
    const unknown: Resource[] = [];
    const used = new Map<StrictSchema, Resource>();
    const findings = input.resources.flatMap((resource) => {
      const schema = input.schemaOf(resource.id);
      if (schema === null) unknown.push(resource);
      else if (!used.has(schema)) used.set(schema, resource);
      return schema === null ? [] : validateResource(resource, schema, input.target);
    });
    const untold = unknown.filter((resource) => !tellsRemoval(resource, input));
    return [...findings, ...unknownKinds(untold, input), ...uncheckedPatterns(used, input)];
  },
};

/** One broken object can have any number of problems; the rest is counted. */
const maxPerResource = 20;

function validateResource(resource: Resource, schema: StrictSchema, target: string | null): readonly Finding[] {
  try {
    const problems = schema.validate(resource.object).filter((problem) => !isIgnored(problem));
    const shown = problems.slice(0, maxPerResource);
    const findings = shown.map((problem) => findingAt(resource, target, remarkOn(problem, resource, schema)));
    return problems.length > shown.length
      ? [...findings, moreFinding(resource, target, problems.length - shown.length)]
      : findings;
  } catch (fault) {
    if (!(fault instanceof FairleadError) || fault.code !== 'schema-broken') throw fault;
    const remark = { rule: 'schema-broken', severity: 'caution' as const, message: fault.message, fix: fault.remedy };
    return [findingAt(resource, target, { ...remark, at: [] })];
  }
}

/** The server resets `status` on every write, after reading it: only what it cannot read or does not know is refused. */
function isIgnored(problem: Problem): boolean {
  return problem.at[0] === 'status' && problem.kind !== 'unknown-field' && problem.kind !== 'wrong-type';
}

function moreFinding(resource: Resource, target: string | null, count: number): Finding {
  const message = `${count} more schema problems are not listed`;
  return findingAt(resource, target, {
    rule: 'schema-more',
    severity: 'block',
    message: `${message}.`,
    fix: 'Correct those listed first.',
    at: [],
  });
}

function uncheckedPatterns(used: ReadonlyMap<StrictSchema, Resource>, input: CheckInput): readonly Finding[] {
  return [...used].flatMap(([schema, resource]) => {
    const count = schema.builtIn ? 0 : schema.unchecked().length;
    if (count === 0) return [];
    const message = `${count} patterns in the schema of ${resource.id.kind} are none that the API server can read and are not checked.`;
    const remark = { rule: 'schema-pattern-unchecked', severity: 'note' as const, message, fix: null, at: [] };
    return [findingAt(resource, input.target, remark)];
  });
}
