import type { Why } from '../features/review/why.ts';
import type { Relation } from '../gitops/discover/found.ts';

/** The same for programs. */
export function whyJson(applications: readonly Why[]): string {
  return `${JSON.stringify({ schemaVersion: 1, applications }, null, 2)}\n`;
}

/** Inputs named; the rest is counted. */
const mostInputs = 20;

/** Why applications are reviewed, for a terminal. */
export function whyText(found: readonly Why[]): string {
  return `${found.map(oneText).join('\n\n')}\n`;
}

function oneText({ application, environment, declaredBy, reasons, inputs, follows }: Why): string {
  const title = environment === null ? application : `${application} · ${environment}`;
  const declared = declaredBy.length === 0 ? [] : [`  declared by ${declaredBy.join(' → ')}`];
  if (reasons.length > 0) return [title, ...declared, ...reasons.map((reason) => `  ${reasonText(reason)}`)].join('\n');
  const more = inputs.length > mostInputs ? [`    … and ${inputs.length - mostInputs} more`] : [];
  const read = inputs.slice(0, mostInputs).map((input) => `    ${input}`);
  const why =
    follows.length === 0
      ? 'the change touches nothing it reads'
      : `it follows ${follows.join(', ')}, and the change goes to another branch`;
  return [title, ...declared, `  is not reached: ${why}`, ...read, ...more].join('\n');
}

function reasonText(reason: Why['reasons'][number]): string {
  if (typeof reason === 'object') return `${reason.file}  (${relations[reason.relation]})`;
  return words[reason];
}

const relations: Readonly<Record<Relation, string>> = {
  own: 'its own file',
  base: 'a base, component or generator input it builds on',
  chart: 'its chart',
  values: 'values it is rendered with',
};

const words = {
  declaration: 'what declares it says something else: its source, options, destination or variables',
  added: 'it is new: the base has no application of this name',
  removed: 'it is gone: the head has no application of this name',
} as const;
