import { code, count, details, fence } from '../../formats/markdown.ts';
import type { Evidence } from '../../model/health.ts';
import { formatResource } from '../../model/resource.ts';
import { fitInto } from './budget.ts';
import { clip, name, type Section, sentence } from './compose.ts';

/** Most log lines of one container. */
const lineLimit = 40;

/** Longest log line shown. */
const lineLength = 400;

/** What was seen of one failing object, on one line. */
export function causeText(evidence: Evidence): string {
  const where = [
    name(formatResource(evidence.resource)),
    evidence.pod === null ? '' : `pod ${name(evidence.pod)}`,
    evidence.container === null ? '' : `container ${name(evidence.container)}`,
    evidence.exitCode === null ? '' : `exit code ${evidence.exitCode}`,
    evidence.restarts === null ? '' : count(evidence.restarts, 'restart'),
  ];
  return `${name(evidence.reason)} in ${where.filter((part) => part !== '').join(', ')}`;
}

/** The evidence with its last log lines, or why there are none; what has no room is told on one line or counted. */
export function evidenceFold(all: readonly Evidence[], cap: number): Section {
  return (budget) => {
    if (all.length === 0) return '';
    const summary = '<b>Evidence</b>, secrets masked';
    const room = Math.min(budget, cap) - details(summary, '').length - 60;
    if (room < 0) return '';
    const elements = all.map((evidence) => ({ full: `${block(evidence)}\n`, line: `${head(evidence)}\n` }));
    const fitted = fitInto(elements, room);
    const shown = fitted.shown.filter((text) => text !== null).join('\n');
    const rest = fitted.counted === 0 ? '' : `\n\n${count(fitted.counted, 'more object')} not shown.`;
    return details(summary, `${shown.trimEnd()}${rest}`).replace('<details>', '<details open>');
  };
}

function head(evidence: Evidence): string {
  const message = evidence.message === null ? '' : `: ${code(clip(evidence.message, 300))}`;
  return `**${causeText(evidence)}**${message}`;
}

function block(evidence: Evidence): string {
  const { logs } = evidence;
  if (logs === null || logs.length === 0)
    return `${head(evidence)}\n\nNo log lines: ${sentence(evidence.logsMissing ?? 'the container wrote none', 200)}.`;
  const last = logs.slice(-lineLimit).map(inert);
  const title = `Last ${count(last.length, 'line')} of the log:`;
  return `${head(evidence)}\n\n${title}\n\n${fence(last.join('\n'), 'text')}`;
}

/** GitLab may take a line that starts with a slash for a quick action even inside a fence, when a log holds a fence of its own. */
function inert(line: string): string {
  return line
    .slice(0, lineLength)
    .split(/\r?\n/)
    .map((part) => (part.startsWith('/') ? ` ${part}` : part))
    .join('\n');
}
