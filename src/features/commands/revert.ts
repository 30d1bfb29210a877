import { alreadyReverted, nothingDeployed, observing, reverts } from '../../gitops/report/command-phrases.ts';
import { newestByTarget } from '../../gitops/report/deployment-words.ts';
import type { Deployment } from '../../model/deployment.ts';
import { revertJob } from '../../model/queued.ts';
import type { Command, CommandAction, CommandFacts } from './command.ts';
import { answer, enqueue, refuse } from './says.ts';
import { maybeEnvironment } from './words.ts';

export const revert: Command = {
  name: 'revert',
  usage: 'revert [ENV]',
  text: 'Opens a pull that takes the change of this one out of Git.',
  on: ['pull'],
  role: () => 'write',
  teams: () => [],
  parse: maybeEnvironment,
  decide: (facts, { environment }) => decideRevert(facts, environment),
};

/** States in which nothing was written yet, or another deployment wrote instead. */
const unwritten: ReadonlySet<Deployment['state']> = new Set(['accepted', 'waiting', 'superseded']);

function decideRevert(facts: CommandFacts, environment: string | null): readonly CommandAction[] {
  if (facts.settings.mode === 'observe') return refuse(facts, observing());
  const written = newestByTarget(facts.deployments.filter(isOfThePull)).filter(
    (one) => (environment ?? one.environment) === one.environment,
  );
  if (written.length === 0) return refuse(facts, nothingDeployed());
  const standing = written.filter(({ revertPull }) => revertPull === null || facts.closedReverts.has(revertPull));
  if (standing.length === 0) return refuse(facts, alreadyReverted(written));
  const chosen = onePerApplication(standing);
  return [...enqueue(...chosen.map(({ id }) => revertJob(id, facts.actor))), answer(facts, reverts(chosen))];
}

/** Whether it wrote what the pull brought: a rollback wrote what was there before. */
function isOfThePull({ state, trigger }: Deployment): boolean {
  return !unwritten.has(state) && trigger !== 'rollback';
}

/** One per environment and application, a failed one first: its clusters share files. */
function onePerApplication(deployments: readonly Deployment[]): readonly Deployment[] {
  const chosen = new Map<string, Deployment>();
  for (const deployment of deployments) {
    const key = `${deployment.environment}\u0000${deployment.application}`;
    const known = chosen.get(key);
    if (known === undefined || (deployment.state === 'failed' && known.state !== 'failed')) chosen.set(key, deployment);
  }
  return [...chosen.values()];
}
