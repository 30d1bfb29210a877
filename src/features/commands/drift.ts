import {
  adoptedAlready,
  adopts,
  heals,
  observing,
  resolvedDrift,
  unknownDrift,
} from '../../gitops/report/command-phrases.ts';
import { healJob } from '../../model/queued.ts';
import type { Command, CommandAction, CommandArgs, CommandFacts } from './command.ts';
import { answer, enqueue, refuse } from './says.ts';
import { oneDrift } from './words.ts';

export const heal: Command = {
  name: 'heal',
  usage: 'heal ID',
  text: 'Puts a drifted field back to what Git says, with all of its object (Argo CD and Flux: its application).',
  on: ['pull', 'issue'],
  role: () => 'write',
  teams: () => [],
  parse: oneDrift,
  decide: (facts, args) => decideDrift(facts, args, 'heal'),
};

export const adopt: Command = {
  name: 'adopt',
  usage: 'adopt ID',
  text: 'Opens a pull that brings a drifted live value into Git.',
  on: ['pull', 'issue'],
  role: () => 'write',
  teams: () => [],
  parse: oneDrift,
  decide: (facts, args) => decideDrift(facts, args, 'adopt'),
};

function decideDrift(facts: CommandFacts, args: CommandArgs, how: 'heal' | 'adopt'): readonly CommandAction[] {
  if (facts.settings.mode === 'observe') return refuse(facts, observing());
  const { drift } = facts;
  if (drift === null) return refuse(facts, unknownDrift(args.drift ?? ''));
  if (drift.resolvedAt !== null) return refuse(facts, resolvedDrift(drift));
  if (how === 'adopt' && drift.adoptPull !== null) return refuse(facts, adoptedAlready(drift.adoptPull));
  // In place of one that would do it by itself: a person asked, and is named.
  const asked = { thread: facts.thread, at: facts.askedAt, isTold: false };
  const queued = { ...healJob(facts.repo, { drift: drift.id, actor: facts.actor, how, asked }), replace: true };
  return [...enqueue(queued), answer(facts, how === 'heal' ? heals(drift) : adopts(drift))];
}
