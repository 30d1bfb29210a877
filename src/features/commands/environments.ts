import type { CommandFacts } from './command.ts';

/** Names of environments a command may speak of: of the settings, the plan and the deployments. */
export function knownEnvironments(facts: Pick<CommandFacts, 'settings' | 'plan' | 'deployments'>): readonly string[] {
  const planned = (facts.plan?.targets ?? []).flatMap(({ environment }) => environment ?? []);
  const deployed = facts.deployments.map(({ environment }) => environment);
  return [...new Set([...facts.settings.environments.keys(), ...planned, ...deployed])];
}
