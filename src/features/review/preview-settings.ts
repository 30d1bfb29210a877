import { count } from '../../formats/markdown.ts';
import type { Finding } from '../../model/finding.ts';
import type { Review } from '../../model/review.ts';
import type { EnvironmentSettings, Settings } from '../../model/settings.ts';
import type { Application } from '../../model/target.ts';
import type { Tenancy } from '../../model/tenancy.ts';

/** Rule of what settings that a pull proposes would make of this pull. */
export const previewRule = 'config-preview';

/** So many of one kind of difference are named. */
const mostNamed = 5;

/** A review by the settings in force, and the same by those a pull proposes. */
export interface TwoReviews {
  readonly now: Pick<Review, 'verdict' | 'findings'>;
  readonly proposed: Pick<Review, 'verdict' | 'findings'>;
}

/** What would be said otherwise of this very pull: its verdict, and the severity of each rule that changes. Pure. */
export function previewFindings({ now, proposed }: TwoReviews): readonly Finding[] {
  const verdict =
    now.verdict === proposed.verdict ? [] : [`this pull would be ${proposed.verdict} instead of ${now.verdict}`];
  const rules = [...new Set([...now.findings, ...proposed.findings].map(({ rule }) => rule))].sort();
  const changed = rules.flatMap((rule) => {
    const [before, after] = [countsOf(now.findings, rule), countsOf(proposed.findings, rule)];
    return before === after ? [] : [`the findings of ${rule} here would be ${after}, now ${before}`];
  });
  return [...verdict, ...changed].map(note);
}

/** Applications that belong to another environment by the proposed settings. Pure. */
export function previewApplications(now: readonly Application[], proposed: readonly Application[]): readonly Finding[] {
  const before = new Map(now.map((one) => [keyOf(one), one]));
  const moved = proposed.flatMap((after) => {
    const known = before.get(keyOf(after));
    if (known === undefined) return [];
    const [from, to] = [placeOf(known), placeOf(after)];
    return from === to ? [] : [`${from} would be ${to}`];
  });
  return notes(moved, (rest) => `${rest} more applications would change so`);
}

/** Where environments would be, and what would bring changes there, by the proposed settings. Pure. */
export function previewEnvironments(
  now: Pick<Settings, 'environments'>,
  proposed: Pick<Settings, 'environments'>,
): readonly Finding[] {
  const names = [...new Set([...now.environments.keys(), ...proposed.environments.keys()])].sort();
  const told = names.flatMap((name) => {
    const [before, after] = [now.environments.get(name), proposed.environments.get(name)];
    if (before === undefined)
      return after === undefined ? [] : [`there would be an environment ${name}, ${clustersText(after)}`];
    if (after === undefined) return [`there would be no environment ${name}`];
    return ways.flatMap(({ what, told }) => {
      const [from, to] = [told(before), told(after)];
      return from === to ? [] : [`environment ${name} would ${what} ${to}, now ${from}`];
    });
  });
  return notes(told, (rest) => `${count(rest, 'more setting')} of environments would change`);
}

/** What of an environment decides where a merge goes, and by what. */
const ways: readonly { readonly what: string; readonly told: (environment: EnvironmentSettings) => string }[] = [
  { what: 'be', told: clustersText },
  { what: 'be deployed from', told: ({ branch }) => branch ?? 'the default branch' },
  { what: 'be deployed on', told: ({ deploy }) => deploy.on },
  { what: 'be deployed by', told: ({ deploy }) => deploy.engine },
];

function clustersText({ clusters }: EnvironmentSettings): string {
  return `on ${clusters.length === 0 ? 'the clusters the server maps to it' : [...clusters].sort().join(', ')}`;
}

/** The tenancy by proposed settings: what the server bounds stays. */
export function proposedTenancy(inForce: Settings, proposed: Settings): Tenancy {
  return [...inForce.tenancy.filter(({ by }) => by === 'server'), ...proposed.tenancy];
}

/** The first few differences, and what says how many more there are. */
function notes(texts: readonly string[], more: (rest: number) => string): readonly Finding[] {
  const rest = texts.length - mostNamed;
  return [...texts.slice(0, mostNamed), ...(rest > 0 ? [more(rest)] : [])].map(note);
}

/** A difference as it is told. */
export function note(text: string): Finding {
  const message = `With the settings this pull proposes, ${text}.`;
  const place = { target: null, resource: null, file: '.fairlead.yaml', line: null };
  return { rule: previewRule, severity: 'note', ...place, message, fix: null };
}

/** `2 block, 1 note`, or `none`. */
function countsOf(findings: readonly Finding[], rule: string): string {
  const counts = new Map<string, number>();
  for (const { severity } of findings.filter((finding) => finding.rule === rule))
    counts.set(severity, (counts.get(severity) ?? 0) + 1);
  const parts = [...counts].sort().map(([severity, count]) => `${count} ${severity}`);
  return parts.length === 0 ? 'none' : parts.join(', ');
}

/** What settings do not change of an application. */
function keyOf({ root, valuesFiles, declared, renderer }: Application): string {
  const { declaredAt, name } = declared?.application ?? {};
  return JSON.stringify([root, valuesFiles, renderer, declaredAt?.file, name]);
}

function placeOf({ name, environment }: Application): string {
  return `${name} in ${environment ?? 'no environment'}`;
}
