import {
  deploys,
  deploysAgain,
  neverDeploys,
  newerWaits,
  observing,
  underWay,
  unknownEnvironment,
} from '../../gitops/report/command-phrases.ts';
import { confirmDeletes, type Deployment, isAsked } from '../../model/deployment.ts';
import { deployJob } from '../../model/queued.ts';
import { digestsOf } from './approve.ts';
import { type Bound, boundHead } from './bound.ts';
import type { Command, CommandAction, CommandFacts } from './command.ts';
import { knownEnvironments } from './environments.ts';
import { redeployJob } from './redeploy-job.ts';
import { answer, enqueue, refuse } from './says.ts';
import { confirmedEnvironment } from './words.ts';

export const deploy: Command = {
  name: 'deploy',
  usage: `deploy ENV [${confirmDeletes}]`,
  text: 'Deploys what was merged to an environment that waits for a command, or once more. Namespaces, CRDs and volumes of the plan are deleted only with the flag.',
  on: ['pull'],
  role: () => 'write',
  teams: () => [],
  parse: confirmedEnvironment,
  decide: (facts, args) => decideDeploy(facts, args.environment ?? '', args.confirmed),
};

function decideDeploy(facts: CommandFacts, environment: string, confirmed: boolean): readonly CommandAction[] {
  if (facts.settings.mode === 'observe') return refuse(facts, observing());
  const settings = facts.settings.environments.get(environment);
  if (settings === undefined) return refuse(facts, unknownEnvironment(environment, knownEnvironments(facts)));
  if (settings.deploy.on === 'never') return refuse(facts, neverDeploys(environment));
  const bound = boundHead(facts);
  return bound.ok ? deployBound(facts, bound, { environment, confirmed }) : refuse(facts, bound.why);
}

function deployBound(
  facts: CommandFacts,
  { pull, head, plan }: Extract<Bound, { ok: true }>,
  { environment, confirmed }: { readonly environment: string; readonly confirmed: boolean },
): readonly CommandAction[] {
  const own = facts.deployments.filter((one) => one.environment === environment);
  const waiting = own.filter(({ state }) => state === 'waiting' || state === 'accepted');
  const busy = own.filter(({ state }) => state === 'applying' || state === 'following' || state === 'soaking');
  const targets = (plan?.targets ?? []).filter((target) => target.environment === environment);
  const mark: CommandAction = {
    kind: 'mark',
    mark: {
      kind: 'deploy',
      subject: environment,
      head,
      digests: digestsOf(targets),
      reason: confirmed ? confirmDeletes : '',
    },
  };
  if (waiting.length > 0)
    return [mark, ...enqueue(...waiting.map(({ id }) => deployJob(id))), answer(facts, deploys(environment, waiting))];
  if (busy.length > 0) return refuse(facts, underWay(busy));
  const newer = waitingBehind(own, facts);
  if (newer.length > 0) return refuse(facts, newerWaits(environment, newer));
  if (pull.state !== 'merged' || pull.mergeSha === null) return [mark, answer(facts, deploys(environment, []))];
  const job = redeployJob(facts, {
    environment,
    application: null,
    commit: pull.mergeSha,
    trigger: 'command',
    confirmed,
  });
  return [mark, ...enqueue(job), answer(facts, deploysAgain(environment, pull.mergeSha))];
}

/** Later merges that wait for the same targets: this pull's commit is older, and would take them back before they began. */
function waitingBehind(own: readonly Deployment[], { waiting }: CommandFacts): readonly Deployment[] {
  const ids = new Set(own.map(({ id }) => id));
  const targets = new Set(own.map(({ target }) => target));
  return waiting.filter((one) => targets.has(one.target) && !ids.has(one.id) && !isAsked(one));
}
