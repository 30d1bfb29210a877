import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { workDeadLetters } from '../../../src/features/dead-letter/tell.ts';
import { groupRounds } from '../../../src/features/review/group.ts';
import type { PullTools } from '../../../src/features/review/pull-tools.ts';
import { quietBy } from '../../../src/features/review/quiet.ts';
import type { ReviewTools } from '../../../src/features/review/request.ts';
import { workReviews } from '../../../src/features/review/serve.ts';
import { createSettingsReader } from '../../../src/features/settings/in-force.ts';
import type { ClusterMap } from '../../../src/model/cluster-map.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Job, JobKind } from '../../../src/model/jobs.ts';
import { startBot } from '../../../src/server/bot.ts';
import { deadLetter } from '../../../src/server/dead-letter.ts';
import { endQuietly } from '../../../src/server/quiet-ends.ts';
import { startProcessHost } from '../../../src/tools/process-host.ts';
import { createMirrors } from '../../../src/world/git/mirrors.ts';
import type { Queue } from '../../../src/world/store/queue.ts';
import { type OpenedStore, openSqlite, type SqliteOptions } from '../../../src/world/store/sqlite/sqlite.ts';
import { openRedaction } from '../../support/open-redaction.ts';
import { until } from '../../support/until.ts';
import { openStage, quiet, redacted, type Stage, webhookSecret } from '../../world/forge/github/setup.ts';

/** What a test makes of reviews. */
export interface ReviewWorldOptions {
  /** Where the store is; in memory when left out. */
  readonly path?: string;
  readonly retry?: SqliteOptions['retry'];
  /** Scales the waits of storms of pushes: 0.1 makes a minute six seconds. */
  readonly pace?: number;
  /** Runs in the midst of each review, between what was fetched and what is said. */
  readonly midst?: (signal: AbortSignal) => Promise<void>;
  readonly stage?: Stage;
  /** Key of the installation; left out: there is none. */
  readonly key?: Uint8Array;
  /** Other work of the queue. */
  readonly work?: (queue: Queue, base: Pick<PullTools, 'forge' | 'store' | 'redact'>) => void;
}

/** The bot with reviews alone, on a pretend GitHub: webhooks come in by HTTP, no cluster is asked. */
export interface ReviewWorld {
  readonly stage: Stage;
  readonly opened: OpenedStore;
  /** Heads that reviews came to an end for, with their verdict. */
  readonly reviewed: string[];
  readonly failures: { readonly job: Job; readonly dead: boolean; readonly why: string }[];
  readonly unreported: string[];
  /** Jobs that ended because what they were about is gone. */
  readonly gone: Job[];
  /** Writes of checks since the world was opened. */
  checkWrites(): Stage['github']['requests'];
  /** Opens a pull of one file. */
  open(
    branch: string,
    more?: Readonly<Record<string, string>>,
  ): Promise<{ readonly pull: number; readonly head: string }>;
  /** The newest check of a commit. */
  check(head: string): ReturnType<Stage['repo']['checkRuns']>[number] | undefined;
  /** Waits until no job of these kinds waits or runs. */
  idle(...kinds: readonly JobKind[]): Promise<void>;
  /** Waits for the check of a commit to be done. */
  done(head: string): Promise<string | null>;
  stop(): Promise<void>;
}

/** No cluster at all. */
export const none: ClusterMap = { mode: 'none', bare: null, byEnvironment: new Map() };
const closing = new Set<() => Promise<void>>();
afterAll(async () => {
  for (const close of closing) await close();
});

/** A finding in each changed file, so that there is a comment; one that blocks where the name of the file says so. */
const remark = (path: string): Finding => ({
  ...{
    rule: 'leak-token',
    severity: path.includes('blocks') ? 'block' : 'caution',
    target: null,
    resource: null,
    file: path,
    line: 1,
  },
  ...{ message: `${path} is looked at.`, fix: null },
});

/** What reviews work with where no application is touched and no cluster asked. */
export function reviewTools(
  midst: NonNullable<ReviewWorldOptions['midst']>,
  key: Uint8Array | null = null,
): ReviewTools {
  const unused = (): never => {
    throw new Error('not asked of a review without targets');
  };
  return {
    affected: async (_question, signal) => {
      await midst(signal);
      return { environments: [], pairs: [], applications: [], unownedFiles: [], findings: [], incomplete: null };
    },
    declare: unused,
    admit: async () => [],
    findLeaks: async (files) => files.map(({ path }) => remark(path)),
    warm: () => undefined,
    ...{ rendererFor: unused, validate: unused, openCluster: unused, capabilitiesOf: unused, engineFor: unused },
    gitEngine: { name: 'git', manager: 'fairlead', predict: unused },
    ...{ offlineApiVersions: [], learnSecret: () => undefined, key, ...openRedaction, progress: () => undefined },
    now: () => new Date(),
  };
}

export async function openReviewWorld(options: ReviewWorldOptions = {}): Promise<ReviewWorld> {
  const { pace = 1, midst = async () => undefined } = options;
  const stage = options.stage ?? (await openStage());
  const before = stage.github.requests.length;
  const failures: ReviewWorld['failures'] = [];
  const [reviewed, unreported]: [string[], string[]] = [[], []];
  const now = (): Date => new Date();
  const opened = await openSqlite({
    ...{ path: options.path ?? ':memory:', lock: false, now, random: () => 0.5 },
    retry: { firstWaitMs: 50, longestWaitMs: 200, ...options.retry },
    onFailure: (job, error, tries, dead, since) => {
      failures.push({ job, dead, why: String(error) });
      const letter = dead ? deadLetter(job, error, { tries, since, at: now(), redact: redacted }) : null;
      if (letter !== null) void opened.queue.add(null, letter.job, letter);
    },
  });
  const { store } = opened;
  const gone: Job[] = [];
  const queue = endQuietly(opened.queue, (job) => gone.push(job));
  const processes = startProcessHost();
  const mirrors = createMirrors(join(stage.dir, 'mirrors'), { run: processes.run });
  const base = { forge: () => stage.forge, mirror: () => mirrors.open('github-1'), store, redact: redacted, now };
  const settings = createSettingsReader({ ...base, engines: ['apply'], clusters: none });
  const tools = {
    ...{ ...base, settings, review: reviewTools(midst, options.key), judgeSettings: async () => [], environment: null },
    onUnreported: (_pull: unknown, error: Error) => unreported.push(error.message),
    quietPace: quietBy(pace),
  } as const;
  workReviews(queue, tools, ({ pull }, review) => reviewed.push(`${pull} ${review?.verdict ?? null}`));
  workDeadLetters(queue, {
    ...tools,
    review: { comment: 'review', check: 'fairlead', groupEnded: groupRounds(store.outbox) },
  });
  options.work?.(queue, tools);
  const forges = [{ forge: stage.forge, path: '/hooks/github' }];
  const fault = { redact: openRedaction.redact, fault: () => null, moved: settings.forget, logger: quiet };
  const bot = await startBot({ ...fault, host: '127.0.0.1', port: 0, forges, store, queue, now });
  stage.github.hooks.deliverTo(`${bot.url}/hooks/github`, webhookSecret);
  const stop = async (): Promise<void> => {
    if (!closing.delete(stop)) return;
    for (const part of [bot, opened, mirrors, processes]) await part.close();
  };
  closing.add(stop);
  const check: ReviewWorld['check'] = (head) => stage.repo.checkRuns(head).at(-1);
  return {
    ...{ stage, opened, reviewed, failures, unreported, gone, check, stop },
    checkWrites: () =>
      stage.github.requests
        .slice(before)
        .filter(({ method, path }) => method !== 'GET' && path.includes('/check-runs')),
    open: async (branch, more = {}) => {
      const head = await stage.repo.commit(branch, { [`${branch}.yaml`]: `a: ${branch}\n`, ...more });
      stage.repo.setRole('mona', 'write');
      return { pull: await stage.repo.openPull({ title: branch, author: 'mona', head: branch }), head };
    },
    idle: async (...kinds) => {
      const busy = async () =>
        (await opened.queue.stats()).filter(
          ({ kind, waiting, running }) => kinds.includes(kind) && waiting + running > 0,
        );
      await until(`an end of ${kinds.join(', ')}`, async () => (await busy()).length === 0 || undefined, 45_000);
    },
    done: (head) =>
      until(
        `the check of ${head}`,
        () => {
          const run = check(head);
          return run?.status === 'completed' ? (run.title ?? '') : undefined;
        },
        45_000,
      ),
  };
}
