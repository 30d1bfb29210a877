import type { Logger } from 'pino';
import type { Engine } from '../engines/engine.ts';
import { workCommands } from '../features/commands/serve.ts';
import { workDeadLetters } from '../features/dead-letter/tell.ts';
import { workDeploys } from '../features/deploy/serve.ts';
import type { DeployPace, DeployTools } from '../features/deploy/tools.ts';
import { workDrift } from '../features/drift/serve.ts';
import type { DriftTools } from '../features/drift/tools.ts';
import { createWatcher } from '../features/drift/watch.ts';
import { workResync } from '../features/resync/serve.ts';
import { nothingLooked } from '../features/resync/tools.ts';
import { workReverts } from '../features/revert/revert.ts';
import type { RevertTools } from '../features/revert/tools.ts';
import { groupRounds } from '../features/review/group.ts';
import { checkName } from '../features/review/pull-check.ts';
import { pullOrigin } from '../features/review/pull-origin.ts';
import { commentKey, type PullTools } from '../features/review/pull-tools.ts';
import { quietBy } from '../features/review/quiet.ts';
import type { ReviewTools } from '../features/review/request.ts';
import { reviewToPlan } from '../features/review/review.ts';
import { noRulings } from '../features/review/rulings.ts';
import { workReviews } from '../features/review/serve.ts';
import { createSettingsReader } from '../features/settings/in-force.ts';
import type { ClusterMap } from '../model/cluster-map.ts';
import { FairleadError } from '../model/error.ts';
import type { Redacted } from '../model/redacted.ts';
import type { RepoRef } from '../model/repo.ts';
import type { ServerLimits } from '../model/server-settings.ts';
import type { Meter } from '../tools/metrics/metrics.ts';
import type { Place } from '../world/cluster/place.ts';
import type { Forge } from '../world/forge/forge.ts';
import type { Repository } from '../world/git/git.ts';
import type { Queue } from '../world/store/queue.ts';
import type { Store } from '../world/store/store.ts';
import { countReview } from './figures.ts';
import { endQuietly } from './quiet-ends.ts';

/** What the features are assembled from. */
export interface BotParts {
  readonly forge: (name: string) => Forge;
  readonly mirror: (repo: RepoRef) => Promise<Repository>;
  readonly store: Store;
  readonly queue: Queue;
  readonly review: ReviewTools;
  readonly applications: DeployTools['applications'];
  readonly judgeSettings: PullTools['judgeSettings'];
  readonly proposedSettings?: PullTools['proposedSettings'];
  readonly render: DeployTools['render'];
  readonly place: (context: string, signal: AbortSignal) => Promise<Place>;
  readonly engine: (name: string, place: Place, repo: RepoRef) => Promise<Engine>;
  readonly engineNames: readonly string[];
  readonly adopt: DriftTools['adopt'];
  readonly cloneUrl: DeployTools['cloneUrl'];
  readonly parseCommands: Parameters<typeof workCommands>[1]['parse'];
  readonly clusters: ClusterMap;
  readonly environment: string | null;
  readonly limits: ServerLimits;
  /** As `PullTools.usedBy`. */
  readonly usedBy?: PullTools['usedBy'];
  readonly key: Uint8Array;
  readonly redact: (text: string) => Redacted;
  readonly now: () => Date;
  readonly pace: DeployPace & { readonly driftEvery: number; readonly poll: number; readonly pushes?: number };
  readonly logger: Logger;
  readonly meter: Meter;
}

/** Settings are read again at once when a branch moved, else after so many milliseconds. */
const settingsFreshFor = 10_000;

/** What runs beside the queue. */
export interface Features {
  /** A branch of a repository moved. */
  moved(repo: RepoRef): void;
  close(): Promise<void>;
}

/** Tells the queue what every feature works on. The features meet there and nowhere else. */
export function workFeatures(parts: BotParts): Features {
  const { store, now, logger, redact } = parts;
  const queue = endQuietly(parts.queue, ({ kind }, error) =>
    logger.info({ job: kind, ...errorFacts(error, redact) }, 'work ended: what it is about is gone'),
  );
  const settings = createSettingsReader({
    ...{ ...parts, engines: parts.engineNames, freshFor: settingsFreshFor },
    onProblem: (repo, problem) =>
      logger.warn({ repository: repo.fullName, problem: redact(problem) }, 'settings not in force'),
  });
  const common = { ...parts, queue, settings };
  const onUnreported: PullTools['onUnreported'] = ({ repo, pull }, error) =>
    logger.warn({ repository: repo.fullName, pull, ...errorFacts(error, redact) }, 'no check written');
  const reviewing = { ...common, onUnreported, quietPace: quietBy(parts.pace.pushes ?? 1) };
  workReviews(queue, reviewing, ({ repo, pull }, review, milliseconds) => {
    logger.info({ repository: repo.fullName, pull, verdict: review?.verdict ?? null, milliseconds }, 'reviewed');
    if (review !== null) countReview(parts.meter, repo.forge, review, milliseconds);
  });
  workDeploys(queue, common);
  workReverts(queue, { ...common, preview: preview(parts, settings) });
  const watcher = createWatcher({
    queue,
    now,
    onFault: (cluster, error) => logger.warn({ cluster, ...errorFacts(error, redact) }, 'watch broke off'),
  });
  workDrift(queue, { ...common, watch: watcher.watch, every: parts.pace.driftEvery, looks: new Map() });
  workResync(queue, {
    ...{ ...common, moved: settings.forget, poll: parts.pace.poll, looked: nothingLooked() },
    onTrouble: (what, error) => logger.warn({ what, ...errorFacts(error, redact) }, 'look at a forge is not whole'),
  });
  workCommands(queue, {
    forges: parts.forge,
    settings: (repo) => settings(repo, AbortSignal.timeout(60_000)),
    parse: parts.parseCommands,
    ...{ store, queue, redact, now },
  });
  const review = { comment: commentKey, check: checkName, groupEnded: groupRounds(store.outbox) };
  workDeadLetters(queue, { ...common, review });
  return { moved: settings.forget, close: watcher.close };
}

/** A review of a branch of our own, before its pull is opened: trusted, since we wrote it. */
function preview(parts: BotParts, settings: PullTools['settings']): RevertTools['preview'] {
  return async (change, signal) => {
    try {
      return await reviewBranch(change, { parts, settings }, signal);
    } catch (error) {
      if (!(error instanceof FairleadError)) throw error;
      parts.logger.warn(
        { repository: change.repo.fullName, ...errorFacts(error, parts.redact) },
        'revert not previewed',
      );
      return null;
    }
  };
}

async function reviewBranch(
  { repo, base, head, branch }: Parameters<RevertTools['preview']>[0],
  { parts, settings }: { readonly parts: BotParts; readonly settings: PullTools['settings'] },
  signal: AbortSignal,
): ReturnType<RevertTools['preview']> {
  const repository = await parts.mirror(repo);
  const port = await parts.forge(repo.forge).repo(repo);
  const { url, header } = await port.gitRemote();
  await repository.fetch({ url, header, refs: [`refs/heads/${branch}`] }, signal);
  const inForce = await settings(repo, signal);
  const [baseTree, tree, changedFiles] = await Promise.all([
    repository.tree(base, signal),
    repository.tree(head, signal),
    repository.changedFiles(base, head, signal),
  ]);
  const request = {
    ...{ base, head, baseTree, changedFiles, merged: { kind: 'clean', tree } as const },
    ...{ clusters: inForce.clusters, settings: inForce.settings, rulings: noRulings },
    ...{ environment: parts.environment, strictEnvironments: false, untrusted: null },
    origin: pullOrigin({ url, branch, defaultBranch: inForce.branch }, repository, () => port.gitRemote()),
  };
  return reviewToPlan(request, parts.review, signal);
}

/** What a log may hold of an error: never the raw cause, which can quote anything. */
export function errorFacts(error: unknown, redact: (text: string) => string): Readonly<Record<string, string>> {
  if (error instanceof FairleadError) {
    const { code, message, subject, remedy } = error;
    return { code, message: redact(message), subject: redact(subject), remedy: redact(remedy) };
  }
  return { message: redact(error instanceof Error ? (error.stack ?? error.message) : String(error)) };
}
