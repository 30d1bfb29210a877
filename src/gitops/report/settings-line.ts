import { sentence } from './compose.ts';

/** That the newest settings are not in force, as a line of its own; '' when they are. */
export function settingsLine(problem: string | null): string {
  return problem === null ? '' : `⚠️ **Settings:** ${sentence(problem, 500)}`;
}
