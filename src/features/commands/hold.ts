import { closedUnmerged, held, notHeld, unheld } from '../../gitops/report/command-phrases.ts';
import { deployJob } from '../../model/queued.ts';
import type { Command, CommandFacts } from './command.ts';
import { answer, enqueue, refuse } from './says.ts';
import { args, nothing } from './words.ts';

export const hold: Command = {
  name: 'hold',
  usage: 'hold [REASON]',
  text: 'Keeps this pull from being deployed until somebody says unhold.',
  on: ['pull'],
  role: () => 'write',
  teams: () => [],
  parse: (words) => args({ reason: words.join(' ') }),
  decide: (facts, { reason }) => {
    if (facts.pull === null || facts.pull.state === 'closed') return refuse(facts, closedUnmerged());
    const mark = { kind: 'hold', subject: '', head: facts.pull.head.sha, digests: {}, reason } as const;
    return [{ kind: 'mark', mark }, ...lookAgain(facts), answer(facts, held())];
  },
};

export const unhold: Command = {
  name: 'unhold',
  usage: 'unhold',
  text: 'Ends a hold.',
  on: ['pull'],
  role: () => 'write',
  teams: () => [],
  parse: nothing,
  decide: (facts) =>
    facts.marks.some(({ kind }) => kind === 'hold')
      ? [{ kind: 'unmark', mark: 'hold', subject: '' }, ...lookAgain(facts), answer(facts, unheld())]
      : refuse(facts, notHeld()),
};

/** Deployments that have not begun say what they wait for, or begin. */
function lookAgain({ deployments }: CommandFacts): ReturnType<typeof enqueue> {
  const idle = deployments.filter(({ state }) => state === 'waiting' || state === 'accepted');
  return enqueue(...idle.map(({ id }) => deployJob(id)));
}
