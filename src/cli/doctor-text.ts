import type { Diagnosis, DiagnosisState } from '../features/doctor/diagnosis.ts';
import { stringifyJson } from '../formats/json.ts';
import { count, visible } from '../formats/markdown.ts';
import { exitCodes } from './exit-codes.ts';

const marks: Readonly<Record<DiagnosisState, string>> = { ok: '✓', warning: '!', fault: '✗', unknown: '?' };

/** Everything that was looked at, one line each, and a line with the fix where there is something to do. */
export function doctorText(all: readonly Diagnosis[]): string {
  const cells = all.map(({ area, check }) => [visible(area), visible(check)] as const);
  const widths = [0, 1].map((column) => Math.max(0, ...cells.map((row) => row[column === 0 ? 0 : 1].length)));
  const lines = all.flatMap(({ state, says, fix }, index) => {
    const [area = '', check = ''] = cells[index] ?? [];
    const line = `${marks[state]} ${area.padEnd(widths[0] ?? 0)}  ${check.padEnd(widths[1] ?? 0)}  ${oneLine(says)}`;
    return fix === '' ? [line] : [line, `    fix: ${oneLine(fix)}`];
  });
  return `${lines.join('\n')}\n${summary(all)}\n`;
}

function oneLine(text: string): string {
  return visible(text.replace(/\s+/g, ' ').trim());
}

function summary(all: readonly Diagnosis[]): string {
  const of = (state: DiagnosisState): number => all.filter((each) => each.state === state).length;
  const parts = [
    `${of('ok')} in order`,
    count(of('warning'), 'warning'),
    count(of('fault'), 'fault'),
    ...(of('unknown') === 0 ? [] : [`${of('unknown')} not to be known`]),
  ];
  return parts.join(', ');
}

/** The same as JSON, for machines. */
export function doctorJson(all: readonly Diagnosis[]): string {
  const checks = all.map(({ state, area, check, says, fix, kind }) => ({
    state,
    area,
    check,
    says,
    fix,
    kind: kind ?? null,
  }));
  return `${stringifyJson({ schemaVersion: 1, checks }, 2)}\n`;
}

/** 0 in order or only warnings · 1 a fault · 3 something could not be known · 4 only missing rights · 5 only what cannot be reached. */
export function doctorExitCode(all: readonly Diagnosis[]): number {
  const kinds = new Set(all.filter(({ state }) => state === 'fault').map(({ kind }) => kind ?? 'wrong'));
  if (kinds.size === 0) return all.some(({ state }) => state === 'unknown') ? exitCodes.incomplete : exitCodes.ok;
  if (kinds.size > 1 || kinds.has('wrong')) return exitCodes.findings;
  return kinds.has('forbidden') ? exitCodes.forbidden : exitCodes.unreachable;
}
