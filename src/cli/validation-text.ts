import { stringifyJson } from '../formats/json.ts';
import { count } from '../formats/markdown.ts';
import { sortFindings } from '../gitops/report/finding-text.ts';
import { findingsJson } from '../gitops/report/json.ts';
import { findingText } from '../gitops/report/terminal.ts';
import type { CommandContext } from './context.ts';
import type { ValidateOutcome } from './services.ts';

/** A validation as documented JSON. */
export function jsonText(outcome: ValidateOutcome): string {
  const { applications, resources, failed, findings } = outcome;
  return `${stringifyJson({ schemaVersion: 1, applications, resources, failed, findings: findingsJson(sortFindings(findings)) }, 2)}\n`;
}

/** A validation for people at a terminal. */
export function prettyText(outcome: ValidateOutcome, { terminal }: CommandContext): string {
  const findings = sortFindings(outcome.findings).map((finding) => `${findingText(finding, terminal.paint)}\n`);
  const failed =
    outcome.failed.length === 0
      ? ''
      : `, ${count(outcome.failed.length, 'application')} not rendered: ${outcome.failed.join(', ')}`;
  const totals = `${count(outcome.resources, 'resource')} of ${count(outcome.applications, 'application')} checked, ${count(outcome.findings.length, 'finding')}${failed}`;
  return `${findings.join('')}${terminal.paint('bold', totals)}\n`;
}
