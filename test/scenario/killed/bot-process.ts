import { writeSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { pino } from 'pino';
import { workReviews } from '../../../src/features/review/serve.ts';
import { startBot } from '../../../src/server/bot.ts';
import { doorOnThread, type OpenDoor } from '../../../src/server/door.ts';
import type { ServerDeadlines } from '../../../src/server/http.ts';
import { receiverSpecs } from '../../../src/server/receivers.ts';
import { noMeter } from '../../../src/tools/metrics/no-meter.ts';
import { createGitHub } from '../../../src/world/forge/github/github.ts';
import { createGitLab } from '../../../src/world/forge/gitlab/gitlab.ts';
import { lightPullTools } from '../../support/light-reviews.ts';
import { openRedaction } from '../../support/open-redaction.ts';
import { type Failpoint, withFailpoint } from './failpoint.ts';
import { openStoreAt, placeOf, type StoreAddress } from './stores.ts';

/**
 * The bot as a process of its own, to be killed: real intake, store, queue, receiver, adapter and reviews; only renders are light.
 * What it is told comes as JSON. It says where it listens and what failed, each at once, so that a kill loses no word.
 */
export interface Told {
  readonly store: StoreAddress;
  readonly appId: number;
  readonly privateKey: string;
  readonly baseUrl: string;
  readonly secret: string;
  /** Head of the base branch, which does not move. */
  readonly base: string;
  readonly failpoint?: Failpoint;
  /** Secrets of a GitLab that is only listened to. */
  readonly gitlab?: { readonly token: string; readonly signing: string };
  readonly deadlines?: ServerDeadlines;
  readonly logLevel?: string;
}

/** What may be asked of it by message: jobs that wait or run, bytes of memory, and what waits for how long (as JSON). */
export type Question = 'jobs' | 'memory' | 'stats';

// Written by bot.ts beside this.
const told = JSON.parse(process.env['FAIRLEAD_KILLED_RUN'] ?? '{}') as Told;
const say = (...words: readonly unknown[]): void => void writeSync(1, `${words.join(' ')}\n`);
const now = (): Date => new Date();
const logger = pino({ level: told.logLevel ?? 'silent' }, pino.destination({ dest: 2, sync: true }));

const opened = await openStoreAt(told.store, {
  onFailure: (job, error, attempt, dead) => say('failed', job.kind, attempt, dead, error),
  onFault: (error) => say('fault', error),
});
const { queue } = opened;
const store = withFailpoint(opened.store, told.failpoint ?? null);
const forge = createGitHub({
  appId: told.appId,
  privateKey: told.privateKey,
  webhookSecrets: [told.secret],
  baseUrl: told.baseUrl,
  logger,
  now,
  redact: (text) => text,
  pace: { write: 0, notify: 0, retry: 1, deadline: 10_000 },
});
workReviews(
  queue,
  lightPullTools({ forge, store, now, baseHead: async () => told.base, pause: async () => undefined }),
  () => undefined,
);
for (const kind of ['merged', 'sweep', 'ended'] as const) queue.work(kind, async () => undefined);
const forges = [{ forge, path: '/hooks/github' }];
if (told.gitlab !== undefined) {
  const { token, signing } = told.gitlab;
  const secrets = { webhookSecrets: [token], signingSecrets: [signing] };
  // Nobody is there: this one is never called.
  const own = createGitLab({ url: 'http://127.0.0.1:9', token, ...secrets, logger, now, redact: (text) => text });
  forges.push({ forge: own, path: '/hooks/gitlab/gitlab' });
}
// A failpoint lies in the store of this thread; without one webhooks come in as they do in production, by a thread of their own.
const openDoor = told.failpoint === undefined ? { openDoor: doorOfItsOwn() } : {};
const bot = await startBot({
  ...{ host: '127.0.0.1', port: 0, logger, store, queue, now, forges, ...openDoor },
  ...(told.deadlines === undefined ? {} : { deadlines: told.deadlines }),
  moved: () => undefined,
  redact: openRedaction.redact,
  fault: () => null,
});
say('listens', bot.url);
flushCompileCache();
const answers: Readonly<Record<Question, () => Promise<number | string>>> = {
  jobs: () => queue.size(),
  memory: async () => process.memoryUsage.rss(),
  stats: async () => JSON.stringify(await queue.stats()),
};
process.on('message', (question: Question) => {
  void answers[question]().then((value) => process.send?.(value));
});
process.on('SIGTERM', () => {
  void bot
    .close()
    .then(opened.close)
    .then(() => process.exit(0));
});

function doorOfItsOwn(): OpenDoor {
  const settings = { webhookSecrets: [told.secret], baseUrl: told.baseUrl, appId: String(told.appId) };
  const { gitlab = null } = told;
  const receivers = receiverSpecs({
    github: { ...settings, privateKey: told.privateKey },
    gitlab: gitlab && { url: '', token: '', webhookSecrets: [gitlab.token], signingSecrets: [gitlab.signing] },
  });
  const log = { logger, within: <T>(_fields: object, work: () => T) => work(), fields: () => ({}) };
  const onBroken = (why: Error): void => say('fault', why);
  const ears = { log, meter: noMeter, queue, onBroken };
  return doorOnThread({ receivers, store: placeOf(told.store), traces: null }, ears);
}
