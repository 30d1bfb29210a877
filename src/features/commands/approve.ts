import { approved, notWorkedOut, ownPull, unknownEnvironment } from '../../gitops/report/command-phrases.ts';
import type { PlanTarget } from '../../model/plan.ts';
import { deployJob } from '../../model/queued.ts';
import type { Settings } from '../../model/settings.ts';
import { boundHead } from './bound.ts';
import type { Command, CommandArgs, CommandFacts } from './command.ts';
import { knownEnvironments } from './environments.ts';
import { answer, enqueue, refuse } from './says.ts';
import { oneEnvironment } from './words.ts';

export const approve: Command = {
  name: 'approve',
  usage: 'approve ENV',
  text: 'Approves the deploy of exactly what the review showed for an environment. Nobody approves a pull of their own.',
  on: ['pull'],
  role: (settings, args) => (teamsOf(settings, args).length === 0 ? 'write' : 'read'),
  teams: teamsOf,
  parse: oneEnvironment,
  decide: (facts, args) => decideApproval(facts, args.environment ?? ''),
};

function teamsOf(settings: Settings, { environment }: CommandArgs): readonly string[] {
  return settings.environments.get(environment ?? '')?.deploy.approvals?.teams ?? [];
}

function decideApproval(facts: CommandFacts, environment: string): ReturnType<Command['decide']> {
  if (facts.pull !== null && isSame(facts.pull.author, facts.actor)) return refuse(facts, ownPull());
  const bound = boundHead(facts);
  if (!bound.ok) return refuse(facts, bound.why);
  const known = knownEnvironments(facts);
  if (!known.includes(environment)) return refuse(facts, unknownEnvironment(environment, known));
  const targets = (bound.plan?.targets ?? []).filter((target) => target.environment === environment);
  const unclear = targets.filter(({ digest }) => digest === null);
  if (unclear.length > 0 && bound.pull.state === 'open') return refuse(facts, notWorkedOut(unclear));
  const waiting = facts.deployments.filter((one) => one.environment === environment && one.state === 'waiting');
  return [
    {
      kind: 'mark',
      mark: { kind: 'approve', subject: environment, head: bound.head, digests: digestsOf(targets), reason: '' },
    },
    ...enqueue(...waiting.map(({ id }) => deployJob(id))),
    answer(facts, approved(environment, bound.head, waiting)),
  ];
}

/** Target id -> digest: an approval is for exactly this result. */
export function digestsOf(targets: readonly PlanTarget[]): Readonly<Record<string, string>> {
  return Object.fromEntries(targets.flatMap(({ id, digest }) => (digest === null ? [] : [[id, digest]])));
}

/** Logins differ in case only for the eye. */
function isSame(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase();
}
