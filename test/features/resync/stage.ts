import { afterAll } from '@jest/globals';
import { nothingLooked, type ResyncTools } from '../../../src/features/resync/tools.ts';
import type { QueuedJob } from '../../../src/model/jobs.ts';
import type { SettingsInForce } from '../../../src/model/settings.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import { openSqlite } from '../../../src/world/store/sqlite/sqlite.ts';
import { openStage, type Stage } from '../../world/forge/github/setup.ts';

/** A pretend GitHub, a store, and the jobs that looking at them added. */
export interface ResyncStage {
  readonly stage: Stage;
  readonly tools: ResyncTools;
  /** What was not whole, oldest first. */
  readonly troubles: string[];
  /** Jobs since the last call, without those that only look again. */
  added(): readonly QueuedJob[];
  pass(milliseconds: number): void;
  /** What a start forgets. */
  restart(): ResyncTools;
  /** Requests since the last call: `GET /repos/...`, without signing in. */
  requests(): readonly string[];
}

export const minute = 60_000;

const closing: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of closing) await close();
});

export async function openResync(): Promise<ResyncStage> {
  let clock = Date.now();
  const now = (): Date => new Date(clock);
  const stage = await openStage({ now });
  const { store, queue, close } = await openSqlite({ path: ':memory:', lock: false, now, random: () => 0.5 });
  closing.push(close, stage.stop);
  const jobs: QueuedJob[] = [];
  const listed: typeof queue = Object.create(queue, {
    add: {
      value: async (_tx: unknown, job: QueuedJob['job'], options: Omit<QueuedJob, 'job'>) => {
        jobs.push({ job, ...options });
      },
    },
  });
  const troubles: string[] = [];
  const { github, port } = stage;
  const inForce = async (): Promise<SettingsInForce> => ({
    settings: defaultSettings,
    clusters: { mode: 'git', bare: null, byEnvironment: new Map() },
    branch: 'main',
    commit: (await port.branchHead('main')) ?? '',
    problem: null,
  });
  const tools: ResyncTools = {
    forge: () => stage.forge,
    queue: listed,
    ...{ store, now, settings: inForce, poll: 5 * minute, looked: nothingLooked() },
    moved: () => undefined,
    onTrouble: (what) => void troubles.push(what),
  };
  let read = 0;
  return {
    ...{ stage, tools, troubles },
    added: () => jobs.splice(0).filter(({ job }) => job.kind !== 'look'),
    pass: (milliseconds) => {
      clock += milliseconds;
    },
    restart: () => ({ ...tools, looked: nothingLooked() }),
    requests: () => {
      const fresh = github.requests.slice(read).map(({ method, path }) => `${method} ${path.split('?')[0]}`);
      read = github.requests.length;
      return fresh.filter((line) => !line.includes('access_tokens'));
    },
  };
}

/** A job in one word: `review 3`, `merged main`. */
export function word({ job }: QueuedJob): string {
  // The cast: only these fields are looked for, in whatever payload there is.
  const payload = job.payload as { readonly [field: string]: unknown };
  const subject = payload['pull'] ?? payload['comment'] ?? payload['branch'] ?? '';
  return `${job.kind} ${String(subject)}`.trim();
}
