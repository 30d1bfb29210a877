import { count, details } from '../../formats/markdown.ts';
import type { Change } from '../../model/change.ts';
import { fitInto } from './budget.ts';
import { changeBlock, changeLine } from './change-text.ts';
import type { Section } from './compose.ts';

/** Changes folded under a summary (HTML), each in full, on one line, or only counted, as there is room. */
export function changesFold(summary: string, changes: readonly Change[], cap: number): Section {
  const told = changes.filter((change) => change.action !== 'none');
  return (budget) => {
    if (told.length === 0) return '';
    const title = `${summary} — ${count(told.length, 'resource')}`;
    const room = Math.min(budget, cap) - details(title, '').length - 60;
    if (room < 0) return '';
    const elements = told.map((change) => ({
      full: `${changeBlock(change, { before: 'Before', after: 'After' })}\n`,
      line: `${changeLine(change)}\n`,
    }));
    const fitted = fitInto(elements, room);
    const shown = fitted.shown.filter((text) => text !== null).join('\n');
    const rest = fitted.counted === 0 ? '' : `\n\n${count(fitted.counted, 'more resource')} not shown.`;
    return details(title, `${shown.trimEnd()}${rest}`);
  };
}
