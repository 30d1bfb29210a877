import { nothingFailed, observing, overtaken, retries } from '../../gitops/report/command-phrases.ts';
import { newestByTarget } from '../../gitops/report/deployment-words.ts';
import type { QueuedJob } from '../../model/jobs.ts';
import type { Command, CommandAction, CommandFacts } from './command.ts';
import { redeployJob } from './redeploy-job.ts';
import { answer, enqueue, refuse } from './says.ts';
import { maybeEnvironment } from './words.ts';

export const retry: Command = {
  name: 'retry',
  usage: 'retry [ENV]',
  text: 'Deploys the same commit again where it failed or its outcome is unknown.',
  on: ['pull'],
  role: () => 'write',
  teams: () => [],
  parse: maybeEnvironment,
  decide: (facts, { environment }) => decideRetry(facts, environment),
};

function decideRetry(facts: CommandFacts, environment: string | null): readonly CommandAction[] {
  if (facts.settings.mode === 'observe') return refuse(facts, observing());
  const ended = newestByTarget(facts.deployments).filter(
    (one) =>
      (one.state === 'failed' || one.state === 'unknown') && (environment ?? one.environment) === one.environment,
  );
  if (ended.length === 0) return refuse(facts, nothingFailed());
  const current = ended.filter(({ id, target }) => (facts.newest.get(target)?.id ?? id) === id);
  if (current.length === 0) return refuse(facts, overtaken(ended));
  const jobs = new Map<string, QueuedJob>();
  for (const { environment: place, application, commit } of current) {
    const job = redeployJob(facts, { environment: place, application, commit, trigger: 'command', confirmed: false });
    jobs.set(job.key, job);
  }
  return [...enqueue(...jobs.values()), answer(facts, retries(current))];
}
