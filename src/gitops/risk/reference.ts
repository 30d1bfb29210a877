import { riskRules, targetRules } from './index.ts';

/** The page of all rules about risks, as docs/rules.md holds it. */
export function rulesPage(): string {
  const rows = [...targetRules, ...riskRules].map(
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
    'What is said of a removal needs only Git. `drift-overwritten` needs the live object: Kubernetes keeps there which program wrote which',
    'field, and when; it names no person.',
  ].join('\n')}\n`;
}
