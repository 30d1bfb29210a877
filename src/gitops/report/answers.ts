import { code, count, prose, table } from '../../formats/markdown.ts';
import { name, sentence } from './compose.ts';

/** What `help` tells of a command. */
export interface CommandText {
  /** Such as `approve ENV`. */
  readonly usage: string;
  /** One sentence. */
  readonly text: string;
  readonly on: readonly ('pull' | 'issue')[];
  /** Who may, such as `write`. */
  readonly who: string;
}

/** All commands that work here, as a table. */
export function helpText(commands: readonly CommandText[], where: 'pull' | 'issue'): string {
  const here = commands.filter(({ on }) => on.includes(where));
  const place = where === 'pull' ? 'on a pull' : 'on the drift board';
  const rows = here.map(({ usage, text, who }) => [code(`/fairlead ${usage}`), prose(text), prose(who)]);
  const note =
    'One command per line, at the start of a line of its own; not in a quote, list or code. An edited comment is not read again.';
  return [
    `**${count(here.length, 'command')} ${place}**`,
    table(['Command', 'What it does', 'Who may'], ['left', 'left', 'left'], rows),
    note,
  ].join('\n\n');
}

/** Why a command was not obeyed: who may instead. */
export function refusal(view: {
  /** `approve prod` as typed. */
  readonly command: string;
  readonly actor: string;
  /** The role that is needed, such as `write`. */
  readonly role: string;
  /** What the actor has. */
  readonly has: string;
  /** Teams of which one is needed; empty when the role is enough. */
  readonly teams: readonly string[];
}): string {
  const command = name(`/fairlead ${view.command}`);
  if (view.teams.length === 0)
    return `⛔ Refused ${command}: it needs the role ${name(view.role)} or above; ${name(view.actor)} has ${name(view.has)}.`;
  const teams = view.teams.slice(0, 5).map(name).join(' or ');
  return `⛔ Refused ${command}: it needs somebody of ${teams} with the role ${name(view.role)} or above; ${name(view.actor)} is not known to be one.`;
}

/** A verb nobody knows, with the one that was most likely meant. */
export function unknownCommand(verb: string, meant: string | null): string {
  const hint = meant === null ? '' : ` Did you mean ${name(`/fairlead ${meant}`)}?`;
  return `😕 There is no command ${name(verb)}.${hint} \`/fairlead help\` lists all.`;
}

/** A command that does not work in this place. */
export function elsewhere(command: string, where: 'pull' | 'issue'): string {
  return `😕 ${name(`/fairlead ${command}`)} works ${where === 'pull' ? 'on a pull' : 'on the drift board'}, not here.`;
}

/** A command with wrong words after it. `why` is our own sentence and may quote what was typed. */
export function misused(command: string, why: string, usage: string): string {
  return `😕 Not understood ${name(`/fairlead ${command}`)}: ${sentence(why, 300)} Usage: ${name(`/fairlead ${usage}`)}`;
}

/** A command that was understood and may not be done now: why, and what to do instead. `why` is Markdown. */
export function refused(command: string, why: string): string {
  return `⛔ Refused ${name(`/fairlead ${command}`)}: ${why}`;
}

/** A command that is done or under way. `what` is Markdown. */
export function accepted(command: string, what: string): string {
  return `✅ ${name(`/fairlead ${command}`)}: ${what}`;
}

/** A command that is to be done later. `what` is Markdown. */
export function waits(command: string, what: string): string {
  return `⏳ ${name(`/fairlead ${command}`)}: ${what}`;
}

/** Answers to all commands of one comment as one reply, cut at `limit`. */
export function replyText(answers: readonly string[], limit: number): string {
  const kept: string[] = [];
  let left = limit - 80;
  for (const answer of answers) {
    left -= answer.length + 2;
    if (left < 0) break;
    kept.push(answer);
  }
  const rest = answers.length - kept.length;
  return [...kept, ...(rest === 0 ? [] : [`… ${count(rest, 'more answer')} not shown: there is no room left.`])]
    .join('\n\n')
    .concat('\n');
}
