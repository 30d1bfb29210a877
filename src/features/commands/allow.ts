import { allowed, trusted } from '../../gitops/report/command-phrases.ts';
import { pullJob } from '../../model/queued.ts';
import { boundOpenHead } from './bound.ts';
import type { Command, CommandFacts, ParsedArgs } from './command.ts';
import { answer, enqueue, refuse } from './says.ts';
import { args, nothing } from './words.ts';

export const allow: Command = {
  name: 'allow',
  usage: 'allow RULE REASON',
  text: 'Accepts the findings of a rule for this head, with a reason; a later push needs it again.',
  on: ['pull'],
  role: () => 'maintain',
  teams: () => [],
  parse: parseAllow,
  decide: (facts, { subject, reason }) => markHead(facts, { kind: 'allow', subject, reason }),
};

export const okToTest: Command = {
  name: 'ok-to-test',
  usage: 'ok-to-test',
  text: 'Lets the head of a pull from a fork be compared with live clusters; a later push needs it again.',
  on: ['pull'],
  role: () => 'write',
  teams: () => [],
  parse: nothing,
  decide: (facts) => markHead(facts, { kind: 'ok-to-test', subject: '', reason: '' }),
};

function parseAllow([rule = '', ...words]: readonly string[]): ParsedArgs {
  if (!/^[a-z0-9][a-z0-9-]{0,60}$/.test(rule)) return { ok: false, message: 'It takes the id of a rule first.' };
  if (words.length === 0) return { ok: false, message: 'It needs a reason, for those who read this later.' };
  return args({ subject: rule, reason: words.join(' ') });
}

function markHead(
  facts: CommandFacts,
  said: { readonly kind: 'allow' | 'ok-to-test'; readonly subject: string; readonly reason: string },
): ReturnType<Command['decide']> {
  const bound = boundOpenHead(facts);
  if (!bound.ok) return refuse(facts, bound.why);
  const what = said.kind === 'allow' ? allowed(said.subject, bound.head) : trusted(bound.head);
  return [
    { kind: 'mark', mark: { ...said, head: bound.head, digests: {} } },
    ...enqueue(pullJob(facts.repo, bound.pull.number, 'pull')),
    answer(facts, what),
  ];
}
