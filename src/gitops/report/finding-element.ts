import { code, count, prose } from '../../formats/markdown.ts';
import type { Finding } from '../../model/finding.ts';
import { formatResource } from '../../model/resource.ts';
import { type Block, item } from './blocks.ts';
import type { Element } from './budget.ts';
import { sentence } from './compose.ts';
import { placeText, sentences } from './finding-text.ts';
import { bounded, cutWords } from './limits.ts';
import { link } from './link.ts';
import { newMark } from './new-since.ts';
import type { SharedFinding } from './shared-findings.ts';

/** How findings are written. */
export interface FindingStyle {
  /** Address of a file's line, or null where there is none. */
  readonly fileUrl: ((file: string, line: number | null) => string) | null;
  /** Whether a finding was not there at the run before; marked. */
  readonly isNew: (finding: Finding) => boolean;
}

/** Longest message, and its longest beginning, in UTF-16 code units. */
const messageLimits = { whole: 4_000, beginning: 240 };

/** Most targets of one finding that are named. */
const namedTargets = 6;

/** A finding as one list item: rule, object, targets, message, fix and place; with less room less of the message, the rest always. */
export function findingElement(shared: SharedFinding, style: FindingStyle): Element<Block> {
  const { finding, targets } = shared;
  const parts = [
    `**${ruleText(finding)}**${shared.members.some(style.isNew) ? ` ${newMark}` : ''}`,
    finding.resource === null ? '' : code(bounded(formatResource(finding.resource))),
    ...targetNames(targets),
  ];
  const head = `- ${parts.filter((part) => part !== '').join(' · ')}`;
  const where = place(finding, style.fileUrl);
  const text = sentences(finding);
  const form = (limit: number): Block => item(`${head} — ${sentence(cutWords(text, limit), limit + 2)}${where}`);
  return {
    full: () => form(messageLimits.whole),
    ...(text.length > messageLimits.beginning ? { fields: () => form(messageLimits.beginning) } : {}),
    line: item(`${head}${where}`),
  };
}

/** Two pairs of stars with nothing between them would be a line across. */
function ruleText({ rule }: Finding): string {
  const text = prose(bounded(rule, 80)).trim();
  return text === '' ? '—' : text;
}

function targetNames(targets: readonly string[]): readonly string[] {
  const names = targets.slice(0, namedTargets).map((target) => code(bounded(target, 200)));
  const rest = targets.length - names.length;
  return [names.join(', '), rest === 0 ? '' : count(rest, 'more target')];
}

function place(finding: Finding, fileUrl: FindingStyle['fileUrl']): string {
  if (finding.file === null) return '';
  const text = code(bounded(placeText(finding)));
  const isOurs = fileUrl !== null && finding.repository === undefined;
  return ` — ${isOurs ? link(text, fileUrl(finding.file, finding.line)) : text}`;
}
