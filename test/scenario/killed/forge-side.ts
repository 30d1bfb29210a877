import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type PretendGitHub, startGitHub } from '../../../src/pretend/github/github.ts';
import type { PretendRepository } from '../../../src/pretend/github/repository.ts';
import type { LoggedRequest } from '../../../src/pretend/github/rest.ts';
import { isAbout } from '../../support/light-reviews.ts';
import type { Told } from './bot-process.ts';

/** A webhook on its way. */
export interface Webhook {
  readonly id: string;
  readonly event: string;
  readonly body: string;
}

/** The forge outside of the process that is killed, with open pulls and their people. */
export interface ForgeSide {
  readonly told: Omit<Told, 'store'>;
  /** Numbers of the pulls. */
  readonly pulls: readonly number[];
  /** A webhook that says a pull changed. */
  webhook(pull: number, id: string): Webhook;
  /** Somebody pushes to the pull. */
  push(pull: number): Promise<void>;
  /** What is wrong with the pulls as people see them now, one line each: nothing, when the bot did its work. */
  wrong(): readonly string[];
  /** Requests of the bot since it was last asked; they are forgotten then. */
  takeRequests(): readonly LoggedRequest[];
  close(): Promise<void>;
}

const secret = 'kq93mfw7dux2hva0c41b77aa9f3c2e1b';

/** Starts the pretend GitHub with so many open pulls. */
export async function openForgeSide(count: number): Promise<ForgeSide> {
  const dir = mkdtempSync(join(tmpdir(), 'fairlead-killed-forge-'));
  const appYaml = readFileSync(new URL('../../../app.yml', import.meta.url), 'utf8');
  const github = await startGitHub({ appYaml, now: () => new Date(), dir, bodies: 'trusted' });
  const repo = await github.createRepo({ owner: 'acme', name: 'gitops' });
  repo.setRole('mona', 'write');
  const pulls: number[] = [];
  for (let nth = 1; nth <= count; nth += 1) {
    await repo.commit(`topic-${nth}`, { [`apps/web-${nth}.yaml`]: 'kind: ConfigMap\n' });
    pulls.push(await repo.openPull({ title: `Change ${nth}`, author: 'mona', head: `topic-${nth}` }));
  }
  const base = (await repo.refSha('refs/heads/main')) ?? '';
  let pushes = 0;
  return {
    told: { appId: github.app.id, privateKey: github.app.privateKey, baseUrl: github.apiUrl, secret, base },
    pulls,
    webhook: (pull, id) => ({ id, event: 'pull_request', body: JSON.stringify(payloadOf(repo, pull)) }),
    push: async (pull) => {
      pushes += 1;
      await repo.pushToPull(pull, { [`apps/web-${pull}.yaml`]: `kind: ConfigMap # ${pushes}\n` });
    },
    wrong: () => pulls.flatMap((pull) => wrongWith(repo, pull, base)),
    // The list is the forge's own log, which nothing reads but this: a long run would fill the memory.
    takeRequests: () => (github.requests as LoggedRequest[]).splice(0),
    close: () => close(github, dir),
  };
}

async function close(github: PretendGitHub, dir: string): Promise<void> {
  await github.close();
  rmSync(dir, { recursive: true, force: true });
}

/** As small as a webhook may be: the bot reads no more of it. */
function payloadOf(repo: PretendRepository, pull: number): object {
  const sha = headOf(repo, pull);
  return {
    action: 'synchronize',
    number: pull,
    pull_request: { head: { sha } },
    repository: { id: repo.id, full_name: repo.fullName },
    installation: { id: repo.installation },
  };
}

function headOf(repo: PretendRepository, pull: number): string {
  const found = repo.pulls().find(({ number }) => number === pull);
  if (found === undefined) throw new Error(`there is no pull ${pull}`);
  return found.headSha;
}

function wrongWith(repo: PretendRepository, pull: number, base: string): readonly string[] {
  const head = headOf(repo, pull);
  const comments = repo.comments(pull);
  const checks = repo.checkRuns(head).map(({ status, conclusion }) => `${status} ${conclusion}`);
  const wrong: string[] = [];
  if (comments.length !== 1) wrong.push(`pull ${pull} has ${comments.length} comments`);
  if (comments.some(({ body }) => !isAbout(body, { base, head })))
    wrong.push(`pull ${pull}: the comment is not about ${head}`);
  // Each look at a head that has its check makes a new one, of which GitHub shows the newest: that one is right, and none is left
  // unfinished. A review that broke off with the database was said to be so, in one before it.
  const isOpen = checks.some((check) => !check.startsWith('completed'));
  if (checks.at(-1) !== 'completed success' || isOpen)
    wrong.push(`pull ${pull}: the checks of ${head} are [${checks.join()}]`);
  return wrong;
}

/** Sends a webhook as GitHub does; the status of the answer, 0 when none came. */
export async function post(server: string, { id, event, body }: Webhook, key = secret): Promise<number> {
  const signature = createHmac('sha256', key).update(body).digest('hex');
  const headers = {
    'content-type': 'application/json',
    'x-github-event': event,
    'x-github-delivery': id,
    'x-hub-signature-256': `sha256=${signature}`,
  };
  try {
    const answer = await fetch(`${server}/hooks/github`, {
      method: 'POST',
      body,
      headers,
      signal: AbortSignal.timeout(10_000),
    });
    await answer.arrayBuffer();
    return answer.status;
  } catch {
    return 0;
  }
}
