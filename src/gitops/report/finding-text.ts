import { count } from '../../formats/markdown.ts';
import { type Finding, severities } from '../../model/finding.ts';
import { formatResource } from '../../model/resource.ts';

/** What cannot be undone is read first. */
const lost: ReadonlySet<string> = new Set(['data-loss', 'crd-removed', 'namespace-removed', 'mass-delete']);

/** Gravest first, then by target, file and line, so that the same findings always read the same. */
export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  const rank = ({ rule, severity }: Finding): number => 2 * severities.indexOf(severity) + (lost.has(rule) ? 0 : 1);
  const name = (finding: Finding): string =>
    [
      finding.target ?? '',
      finding.repository ?? '',
      finding.file ?? '',
      String(finding.line ?? 0).padStart(8, '0'),
      finding.rule,
      finding.message,
    ].join('\u0000');
  return [...findings].sort((one, other) => rank(one) - rank(other) || (name(one) < name(other) ? -1 : 1));
}

/** Message and fix as sentences. The object stands beside them already, so a message that begins with it loses it. */
export function sentences(finding: Finding): string {
  const subject = finding.resource === null ? '' : `${formatResource(finding.resource)}: `;
  const text = finding.message.startsWith(subject) ? finding.message.slice(subject.length) : finding.message;
  const message = /[.!?…)]$/.test(text) ? text : `${text}.`;
  return finding.fix === null ? message : `${message} ${finding.fix}`;
}

/** Where a finding points, `file:line` as text, behind `owner/name:` in another repository; empty when it points nowhere. */
export function placeText(finding: Finding): string {
  if (finding.file === null) return '';
  const file = finding.repository === undefined ? finding.file : `${finding.repository}:${finding.file}`;
  return finding.line === null ? file : `${file}:${finding.line}`;
}

/** Lines in order as long as they fit; the rest is one counted sentence. */
export function limitedList(lines: readonly string[], budget: number): string {
  const kept: string[] = [];
  let left = budget;
  for (const line of lines) {
    left -= line.length + 1;
    if (left < 0) break;
    kept.push(line);
  }
  const rest = lines.length - kept.length;
  return rest === 0 ? kept.join('\n') : [...kept, `- … and ${count(rest, 'more', 'more')}`].join('\n');
}
