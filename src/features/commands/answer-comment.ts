import { nearest } from '../../formats/nearest.ts';
import { elsewhere, misused, refused, replyText, unknownCommand } from '../../gitops/report/answers.ts';
import { fault } from '../../gitops/report/command-phrases.ts';
import { BorderError, FairleadError } from '../../model/error.ts';
import type { JobPayloads } from '../../model/jobs.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { commandIntent } from '../../model/queued.ts';
import { repoKey } from '../../model/repo.ts';
import type { Comment, RepoPort } from '../../world/forge/forge.ts';
import { act } from './act.ts';
import { authorise } from './authorise.ts';
import type { Command, CommandAction } from './command.ts';
import { gatherFacts, type Place } from './gather.ts';
import type { ParsedCommand } from './parsed-command.ts';
import type { CommandTools } from './tools.ts';

/** The key of our own issue on which commands are read. */
const boardKey = 'drift-board';

/** What people are told of one command. */
interface Outcome {
  readonly text: string;
  readonly isRefused: boolean;
}

/**
 * Carries out the commands of a comment and answers them in one reply. The comment is read again: what is gone, edited or a bot's
 * is nothing. May run twice: what was done is not done again, and the reply is the same one.
 */
export async function answerComment(
  job: JobPayloads['command'],
  commands: readonly Command[],
  tools: CommandTools,
  signal: AbortSignal,
): Promise<void> {
  const { repo, thread } = job;
  const forge = tools.forges(repo.forge);
  const port = await forge.repo(repo);
  const comment = await readComment(job, port);
  if (comment === null) return;
  const parsed = await parse(comment.body, tools, signal);
  if (parsed.length === 0) return;
  const subject = `${repoKey(repo)}#${thread.number}`;
  const key = commandIntent(repo, thread, comment.id);
  if ((await tools.store.outbox.begin({ key, operation: 'reply', subject })).done) return;
  await port.acknowledge(thread, comment.id, 'seen');
  const outcomes: Outcome[] = [];
  for (const [index, typed] of parsed.entries())
    outcomes.push(
      await once({ key: `${key}:${index}`, operation: 'command', subject }, tools, async () => {
        const place = { job, port, comment, commands, limit: forge.limits.comment };
        return carryOut(typed, place, tools);
      }),
    );
  const body = replyText(
    outcomes.map(({ text }) => text),
    forge.limits.comment,
  );
  await port.reply(thread, `command-${comment.id}`, tools.redact(body));
  await port.acknowledge(thread, comment.id, outcomes.some(({ isRefused }) => isRefused) ? 'refused' : 'done');
  await tools.store.outbox.finish(key, { commands: outcomes.length });
}

async function readComment(job: JobPayloads['command'], port: RepoPort): Promise<Comment | null> {
  const { thread } = job;
  if (thread.kind === 'issue' && (await port.issueKey(thread.number)) !== boardKey) return null;
  const comment = await port.comment(thread, job.comment);
  if (comment === null || comment.edited || comment.isBot || comment.author !== job.author) return null;
  return comment;
}

async function parse(body: string, tools: CommandTools, signal: AbortSignal): Promise<readonly ParsedCommand[]> {
  try {
    return await tools.parse(body, signal);
  } catch (error) {
    if (!(error instanceof FairleadError) || !['worker-timeout', 'worker-memory'].includes(error.code)) throw error;
    return [{ verb: '', words: [], text: '…', fault: 'The comment took too long to read. Write the command alone.' }];
  }
}

/** Does it unless it was done before; what was told then is told again. */
async function once(
  intent: { readonly key: string; readonly operation: string; readonly subject: string },
  { store }: CommandTools,
  work: () => Promise<Outcome>,
): Promise<Outcome> {
  const begun = await store.outbox.begin(intent);
  if (begun.done) return outcomeOf(begun.outcome);
  const outcome = await work();
  await store.outbox.finish(intent.key, { ...outcome });
  return outcome;
}

function outcomeOf(kept: Json): Outcome {
  const { text, isRefused }: JsonObject = isJsonObject(kept) ? kept : {};
  return { text: typeof text === 'string' ? text : '', isRefused: isRefused === true };
}

interface Spot extends Pick<Place, 'port' | 'comment' | 'commands' | 'limit'> {
  readonly job: JobPayloads['command'];
}

async function carryOut(typed: ParsedCommand, spot: Spot, tools: CommandTools): Promise<Outcome> {
  const { repo, thread } = spot.job;
  const actions = await decide(typed, spot, tools);
  const { author: actor, id: comment, createdAt } = spot.comment;
  const saidAt = saidBy(createdAt, tools.now());
  await act(actions, { repo, thread, comment, actor, saidAt, command: typed.text }, tools);
  const told = actions.filter((action) => action.kind === 'answer' || action.kind === 'refuse');
  const text = told.map((action) => action.text).join('\n\n');
  return { text: tools.redact(text), isRefused: told.some(({ kind }) => kind === 'refuse') };
}

/** Forges tell whole seconds: what was said counts from the end of its second, so that it comes after what was shown in that second. */
function saidBy(createdAt: string, now: Date): string {
  const written = Date.parse(createdAt);
  const until = written % 1_000 === 0 ? written + 999 : written;
  return new Date(Math.min(until, Math.max(written, now.getTime()))).toISOString();
}

async function decide(typed: ParsedCommand, spot: Spot, tools: CommandTools): Promise<readonly CommandAction[]> {
  const command = spot.commands.find(({ name }) => name === typed.verb);
  const misread = misreading(typed, command, spot);
  if (misread !== null || command === undefined) return [{ kind: 'refuse', text: misread ?? '' }];
  const parsed = command.parse(typed.words);
  if (!parsed.ok) return [{ kind: 'refuse', text: misused(typed.text, parsed.message, command.usage) }];
  const place = await placeOf(spot, tools);
  if ('fault' in place) return [{ kind: 'refuse', text: refused(typed.text, place.fault) }];
  const asked = { command, args: parsed.args, typed: typed.text };
  const denied = await authorise(asked, spot.comment.author, place);
  if (denied !== null) return [{ kind: 'refuse', text: denied }];
  return command.decide(await gatherFacts(place, { command: typed.text, args: parsed.args }, tools.store), parsed.args);
}

/** Why a command means nothing here; null when it does. */
function misreading(typed: ParsedCommand, command: Command | undefined, { commands, job }: Spot): string | null {
  if (typed.fault !== null) return misused(typed.text, typed.fault, 'help');
  if (command === undefined)
    return unknownCommand(
      typed.verb,
      nearest(
        typed.verb,
        commands.map(({ name }) => name),
      ),
    );
  const [first = 'pull'] = command.on;
  return command.on.includes(job.thread.kind) ? null : elsewhere(command.name, first);
}

/** The pull and its settings as they are now; settings that cannot be read are told to whoever asks. */
async function placeOf(spot: Spot, tools: CommandTools): Promise<Place | { readonly fault: string }> {
  const { repo, thread } = spot.job;
  const pull = thread.kind === 'pull' ? await spot.port.pull(thread.number) : null;
  try {
    const { settings, problem } = await tools.settings(repo, pull?.base.ref ?? null);
    return { ...spot, repo, thread, pull, settings, problem };
  } catch (error) {
    if (!(error instanceof FairleadError) || error instanceof BorderError) throw error;
    return { fault: fault(error.message, error.remedy) };
  }
}
