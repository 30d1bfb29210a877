import { leakRules } from '../../gitops/validate/find-leaks.ts';
import type { Finding } from '../../model/finding.ts';
import { formatResource, resourceKey } from '../../model/resource.ts';
import type { Review } from '../../model/review.ts';
import { assess } from './assess.ts';
import { declaredTwice } from './declared-twice.ts';
import type { Facts } from './gather.ts';
import { applyRulings, type Rulings } from './rulings.ts';

/** Turns facts into a review: merges what two checks say of one thing, orders everything, and names the verdict. Pure. */
export function decide(facts: Facts, rulings: Rulings): Review {
  const targets = facts.targets.map(({ target }) => target).sort((one, other) => compare(one.id, other.id));
  const changes = facts.targets
    .flatMap((target) => target.changes)
    .sort((one, other) => compare(changeOrder(one), changeOrder(other)));
  const merged = mergeFindings(facts.targets.flatMap((target) => target.findings));
  const leaks = facts.leaks.filter((leak) => !isSaid(leak, merged));
  const findings = applyRulings(
    [
      ...conflictFindings(facts),
      ...unknownFindings(facts),
      ...facts.declarations,
      ...declaredTwice(facts.targets),
      ...leaks,
      ...merged,
    ],
    rulings,
  );
  const incomplete = facts.conflict === null ? facts.incomplete : 'the pull conflicts with its base';
  return {
    verdict: assess({ targets, changes, findings, incomplete }),
    base: facts.request.base,
    head: facts.request.head,
    targets,
    changes,
    findings,
    coverage: coverageOf(facts),
    inputs: facts.inputs,
    clustersRead: facts.clustersRead,
    gitOnly: facts.gitOnly,
    helm: facts.helm,
    readAt: facts.readAt?.toISOString() ?? null,
  };
}

/** That a file was not searched goes without saying where the whole file could not be read, which is told already. */
function isSaid({ rule, file }: Finding, others: readonly Finding[]): boolean {
  return rule === leakRules.unread && others.some((other) => other.file === file && other.resource === null);
}

/** One finding per target, resource, rule and message; the server's word is dropped where the schema said it with a line. */
export function mergeFindings(findings: readonly Finding[]): readonly Finding[] {
  const said = new Set(findings.filter((finding) => finding.rule.startsWith('schema-')).flatMap(fieldKeys));
  const seen = new Set<string>();
  return findings.filter((finding) => {
    const repeated = finding.rule.startsWith('server-') && fieldKeys(finding).some((key) => said.has(key));
    const key = [finding.target, finding.rule, finding.file, finding.line, keyOf(finding), finding.message].join(
      '\u0000',
    );
    if (repeated || seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

/** Target, resource and field of a finding: what makes two checks speak of one thing. None where no field is named. */
function fieldKeys(finding: Finding): readonly string[] {
  const subject = finding.resource === null ? '' : formatResource(finding.resource);
  const field = /[A-Za-z]\w*(?:\.\w+|\[[^\]]*\])+/.exec(finding.message.replace(subject, ''));
  return field === null ? [] : [[finding.target, keyOf(finding), withoutItems(field[0])].join('\u0000')];
}

/** `containers[0]` and `containers[name=web]` are one place here: only the keys count. */
function withoutItems(field: string): string {
  return field.replace(/\[[^\]]*\]/g, '[]');
}

function keyOf(finding: Finding): string {
  return finding.resource === null ? '' : resourceKey(finding.resource);
}

function conflictFindings(facts: Facts): readonly Finding[] {
  return (facts.conflict ?? []).map((file) => ({
    rule: 'merge-conflict',
    severity: 'caution',
    target: null,
    resource: null,
    file,
    line: null,
    message: `conflicts with the base, so what merging would do cannot be shown`,
    fix: 'Merge or rebase onto the base branch and push again.',
  }));
}

function unknownFindings({ incomplete }: Facts): readonly Finding[] {
  if (incomplete === null) return [];
  const place = { target: null, resource: null, file: null, line: null };
  const message = `${incomplete}, so applications this change reaches may be missing here.`;
  return [{ rule: 'applications-unknown', severity: 'caution', ...place, message: capital(message), fix: null }];
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function coverageOf(facts: Facts): Review['coverage'] {
  const applications = new Map<string, boolean>();
  for (const { target, rendered } of facts.targets) {
    const name = `${target.application}\u0000${target.environment ?? ''}`;
    applications.set(name, (applications.get(name) ?? true) && rendered);
  }
  const rendered = [...applications.values()].filter(Boolean).length;
  return { applications: applications.size, rendered, unownedFiles: [...facts.unownedFiles].sort() };
}

function changeOrder(change: Review['changes'][number]): string {
  return [change.target, change.part === 'pull' ? '0' : '1', resourceKey(change.resource)].join('\u0000');
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
