import {
  neverDeployed,
  neverDeploys,
  noOtherHealthy,
  observing,
  rollsBack,
  unknownEnvironment,
} from '../../gitops/report/command-phrases.ts';
import type { Command, CommandAction, CommandArgs, CommandFacts, ParsedArgs } from './command.ts';
import { redeployJob } from './redeploy-job.ts';
import { answer, enqueue, refuse } from './says.ts';
import { whyNoRollback } from './why-no-rollback.ts';
import { args } from './words.ts';

export const rollback: Command = {
  name: 'rollback',
  usage: 'rollback ENV [APP]',
  text: 'Deploys the last commit that was healthy in an environment; Git stays as it is.',
  on: ['pull'],
  role: () => 'write',
  teams: () => [],
  parse: parseRollback,
  decide: decideRollback,
};

function parseRollback(words: readonly string[]): ParsedArgs {
  const [environment, application = null] = words;
  return environment !== undefined && words.length <= 2
    ? args({ environment, application })
    : { ok: false, message: 'It takes the name of an environment, and of an application if only that is meant.' };
}

function decideRollback(facts: CommandFacts, given: CommandArgs): readonly CommandAction[] {
  if (facts.settings.mode === 'observe') return refuse(facts, observing());
  const environment = given.environment ?? '';
  const settings = facts.settings.environments.get(environment);
  if (settings === undefined)
    return refuse(facts, unknownEnvironment(environment, [...facts.settings.environments.keys()]));
  if (settings.deploy.on === 'never') return refuse(facts, neverDeploys(environment));
  const { application } = given;
  const { history } = facts;
  const why = whyNoRollback(history, application);
  if (why === 'nothing') return refuse(facts, neverDeployed(environment, application, history));
  if (why === 'no-other') return refuse(facts, noOtherHealthy(environment, application));
  const job = redeployJob(facts, { environment, application, commit: null, trigger: 'rollback', confirmed: false });
  return [...enqueue(job), answer(facts, rollsBack(environment, application))];
}
