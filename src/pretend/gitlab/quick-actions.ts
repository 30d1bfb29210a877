/** A quick action that was carried out. */
export interface ExecutedAction {
  /** Whose rights it ran with. */
  readonly user: string;
  readonly name: string;
  readonly argument: string;
}

/** Names that GitLab takes for itself, of all kinds of objects: the extractor does not tell them apart. */
export const quickActions: ReadonlySet<string> = new Set(
  `approve unapprove merge rebase ship ready draft wip label labels unlabel remove_label relabel lock unlock close
  reopen status publish promote promote_to link unlink assign unassign reassign reviewer assign_reviewer request_review
  request_changes submit_review target_branch title react award todo done page clone move relate unrelate blocks
  blocked_by due remove_due_date milestone remove_milestone estimate spend spent time_tracking subscribe unsubscribe
  timeline severity confidential create_merge_request shrug tableflip duplicate epic iteration weight zoom cc tag
  copy_metadata copy_metadata_from checkin_reminder convert_to_ticket contacts add_contacts`.split(/\s+/),
);

/** What a text becomes once GitLab has taken its quick actions out. */
export interface Extracted {
  readonly text: string;
  readonly actions: readonly { readonly name: string; readonly argument: string }[];
}

/**
 * Takes quick actions out of a text as GitLab does: carriage returns go first; a line that is `/name` or `/name words` is
 * an action, unless it stands between two lines of three backticks, two lines `>>>`, or an HTML tag and its end, each
 * alone on their lines. Fences of other lengths and indented ones mean nothing to it. (GitLab skips some text between
 * stray backticks too; leaving that out only runs more.)
 */
export function extractQuickActions(text: string): Extracted {
  const lines = text.replaceAll('\r', '').split('\n');
  const kept: string[] = [];
  const actions: { name: string; argument: string }[] = [];
  for (let at = 0; at < lines.length; at += 1) {
    const end = blockEnd(lines, at);
    const found = end === at ? readAction(lines[at] ?? '') : null;
    if (found === null) kept.push(...lines.slice(at, end + 1));
    else actions.push(found);
    at = end;
  }
  return { text: kept.join('\n').trimEnd(), actions };
}

function readAction(line: string): { name: string; argument: string } | null {
  const [, name = '', argument = ''] = /^\/([a-z_]+)(?: (.*))?\s*$/i.exec(line) ?? [];
  return quickActions.has(name.toLowerCase()) ? { name: name.toLowerCase(), argument } : null;
}

/** Pairs of lines between which GitLab looks for nothing. */
const blocks: readonly { readonly start: RegExp; readonly end: RegExp }[] = [
  { start: /^```/, end: /^```$/ },
  { start: /^<[^>]+>$/, end: /^<\/[^>]+>$/ },
  { start: /^>>>/, end: /^>>>$/ },
];

/** Line where the block that starts here ends; the line itself where none does. */
function blockEnd(lines: readonly string[], at: number): number {
  const block = blocks.find(({ start }) => start.test(lines[at] ?? ''));
  if (block === undefined) return at;
  const end = lines.findIndex((line, index) => index > at && block.end.test(line));
  return end < 0 ? at : end;
}
