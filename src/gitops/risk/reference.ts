import { riskRules, targetRules } from './index.ts';
import { liveRules } from './live/index.ts';

/** The page of all rules about risks, as docs/rules.md holds it. */
export function rulesPage(): string {
  const rows = [...targetRules, ...riskRules, ...liveRules].map(
    ({ id, severity, when, why, fix }) => `| \`${id}\` | ${severity} | ${when} | ${why} ${fix} |`,
  );
  return `${[
    '<!-- Generated from the rules in src/gitops/risk. Do not edit: a test compares this page with them. -->',
    '',
    '# Risks',
    '',
    'What a review says of changes that are dangerous, or that must not surprise, beside what checks of schemas and policies find. `block` stops',
    'a merge in enforce mode until somebody allows the rule for exactly that head (`/fairlead allow RULE reason`); `caution` wants a look.',
    '`policy.rules` in `.fairlead.yaml` gives a rule another severity, or `off`.',
    '',
    '| rule | severity | when | why, and what to do |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
    'What is said of a removal needs only Git; where the cluster is read, what goes with an object is counted: what is in a Namespace, the',
    'instances of a definition, the volume of a claim with its reclaim policy, and what an object owns. `drift-overwritten` needs the live object: Kubernetes keeps there which program wrote which',
    'field, and when; it names no person. `quota-exceeded`, `netpol-isolates` and `policy-denies-live` list what is in the cluster; where that may not',
    'be listed, nothing is said. No Secret is listed for them but by its name.',
  ].join('\n')}\n`;
}
