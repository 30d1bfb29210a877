import { notPaused, paused, resumed, unknownEnvironment } from '../../gitops/report/command-phrases.ts';
import { deployJob } from '../../model/queued.ts';
import type { Command, CommandAction, CommandArgs, CommandFacts } from './command.ts';
import { knownEnvironments } from './environments.ts';
import { answer, enqueue, refuse } from './says.ts';
import { args, maybeEnvironment } from './words.ts';

export const pause: Command = {
  name: 'pause',
  usage: 'pause [ENV] [REASON]',
  text: 'Stops deploys and healing of an environment, or of all, until somebody says resume.',
  on: ['pull'],
  role: () => 'write',
  teams: () => [],
  parse: ([environment = null, ...reason]) => args({ environment, reason: reason.join(' ') }),
  decide: (facts, { environment, reason }) =>
    unknown(facts, environment) ?? [{ kind: 'pause', environment, reason }, answer(facts, paused(environment))],
};

export const resume: Command = {
  name: 'resume',
  usage: 'resume [ENV]',
  text: 'Ends a pause.',
  on: ['pull'],
  role: () => 'write',
  teams: () => [],
  parse: maybeEnvironment,
  decide: decideResume,
};

function decideResume(facts: CommandFacts, { environment }: CommandArgs): readonly CommandAction[] {
  const isPaused = facts.pauses.some((one) => one.environment === environment);
  if (!isPaused) return unknown(facts, environment) ?? refuse(facts, notPaused(environment));
  const waiting = facts.waiting.filter((one) => (environment ?? one.environment) === one.environment);
  return [
    { kind: 'unpause', environment },
    ...enqueue(...waiting.map(({ id }) => deployJob(id))),
    answer(facts, resumed(environment, waiting)),
  ];
}

function unknown(facts: CommandFacts, environment: string | null): readonly CommandAction[] | null {
  const known = knownEnvironments(facts);
  if (environment === null || known.includes(environment)) return null;
  return refuse(facts, unknownEnvironment(environment, known));
}
