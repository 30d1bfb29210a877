/** Stands in front of a slash so that the line no longer starts with it; nobody sees it. */
const ZERO_WIDTH = '\u200B';

/** A line that GitLab may take for a quick action. `/fairlead` is nobody's but ours, and people copy it. */
const action = /^\s*\/(?!fairlead\b)(?=[a-z_])/i;

/** The same where GitLab skips what it takes for code: there only a slash in the first column can matter. */
const actionInCode = /^\/(?!fairlead\b)(?=[a-z_])/i;

/**
 * Makes every line inert that GitLab would run as a quick action (`/approve`, `/merge`) with our rights, when it stands
 * in a note or description of ours. Texts from outside stand in code fences already; this is the last line of defence.
 *
 * GitLab finds actions with a regular expression of its own, not by parsing Markdown (lib/gitlab/quick_actions/
 * extractor.rb): it knows fences of three backticks only, and a stray backtick shifts what it takes for code. So a slash
 * in the first column is made inert inside fences too, where GitLab and we might disagree about what a fence is.
 */
export function disarm(text: string): string {
  let fence: string | null = null;
  // GitLab drops carriage returns before it looks, which may bring a slash to the start of a line.
  const lines = text.replaceAll('\r', '').split('\n');
  return lines
    .map((line) => {
      const pattern = fence === null ? action : actionInCode;
      fence = fenceAfter(fence, line);
      return line.replace(pattern, (found) => `${found.slice(0, -1)}${ZERO_WIDTH}/`);
    })
    .join('\n');
}

/** The fence that is open after a line: its run of backticks or tildes, null outside. */
function fenceAfter(open: string | null, line: string): string | null {
  const [, run = '', rest = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
  if (run === '') return open;
  if (open === null) return run.startsWith('`') && rest.includes('`') ? null : run;
  const closes = run.startsWith(open) && rest.trim() === '';
  return closes ? null : open;
}
