import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type PretendGitHub, startGitHub } from '../../src/pretend/github/github.ts';
import type { PretendRepository } from '../../src/pretend/github/repository.ts';
import { expectCalm, expectRefusal } from '../support/calm.ts';
import { fairlead, type Run } from '../support/command-line.ts';
import { configMap } from '../support/pull-repository.ts';

const folder = mkdtempSync(join(tmpdir(), 'fairlead-test-post-'));
const summary = join(folder, 'summary.md');
const appYaml = readFileSync(join(import.meta.dirname, '..', '..', 'app.yml'), 'utf8');
const bot = 'github-actions[bot]';

let github: PretendGitHub;
let repository: PretendRepository;
let pull = 0;

beforeAll(async () => {
  github = await startGitHub({ appYaml, now: () => new Date(), dir: join(folder, 'github') });
  repository = await github.createRepo({ owner: 'acme', name: 'fleet' });
  await repository.commit('main', { 'apps/a.yaml': configMap('a') });
  await repository.commit('change', { 'apps/a.yaml': configMap('a', 'key: second') });
  pull = await repository.openPull({ title: 'Change', author: 'ann', head: 'change' });
});

afterAll(async () => {
  await github.close();
  rmSync(folder, { recursive: true, force: true });
});

async function sha(ref: string): Promise<string> {
  return (await repository.refSha(`refs/heads/${ref}`)) ?? '';
}

/** What GitHub Actions gives a job of a `pull_request` event. */
async function jobEnvironment(level: 'read' | 'write'): Promise<Readonly<Record<string, string>>> {
  const event = join(folder, 'event.json');
  const pullRequest = { number: pull, base: { sha: await sha('main') }, head: { sha: await sha('change') } };
  writeFileSync(event, JSON.stringify({ action: 'synchronize', number: pull, pull_request: pullRequest }));
  writeFileSync(summary, '');
  return {
    CI: 'true',
    GITHUB_ACTIONS: 'true',
    GITHUB_EVENT_NAME: 'pull_request',
    GITHUB_EVENT_PATH: event,
    GITHUB_REPOSITORY: 'acme/fleet',
    GITHUB_API_URL: github.apiUrl,
    GITHUB_STEP_SUMMARY: summary,
    GITHUB_TOKEN: github.actionsToken('acme/fleet', {
      contents: 'read',
      metadata: 'read',
      issues: level,
      pull_requests: level,
    }),
  };
}

async function post(env: Readonly<Record<string, string>>): Promise<Run> {
  const run = await fairlead(['review', '--post'], { cwd: repository.gitDir, env });
  const token = env['GITHUB_TOKEN'];
  expectCalm(run);
  if (token !== undefined) expect(run.stdout + run.stderr).not.toContain(token);
  return run;
}

describe('fairlead review --post in a job', () => {
  test('reviews the pull of the event and posts one comment', async () => {
    const run = await post(await jobEnvironment('write'));

    expect(run.code).toBe(0);
    expect(run.stdout).toContain('data.key: value → second');
    expect(run.stderr).toMatch(/^comment created: http\S+\n$/);
    expect(repository.comments(pull)).toEqual([
      expect.objectContaining({ author: expect.objectContaining({ login: bot }) }),
    ]);
    expect(repository.comments(pull)[0]?.body).toMatch(/^(?:<!--.*-->\s*)?### ✅ Ready/);
    expect(readFileSync(summary, 'utf8')).toBe('');
  });

  test('run again without a push leaves the comment as it is', async () => {
    const run = await post(await jobEnvironment('write'));

    expect(run.stderr).toMatch(/^comment unchanged: /);
    expect(repository.comments(pull).map(({ history }) => history.length)).toEqual([1]);
  });

  test('after a push edits the same comment', async () => {
    await repository.pushToPull(pull, { 'apps/a.yaml': configMap('a', 'key: third') });

    const run = await post(await jobEnvironment('write'));

    expect(run.stderr).toMatch(/^comment edited: /);
    expect(repository.comments(pull).map(({ history }) => history.length)).toEqual([2]);
    expect(repository.comments(pull)[0]?.body).toContain('third');
    expect(github.violations).toEqual([]);
  });

  test('whose token may only read writes the step summary and says so', async () => {
    await repository.pushToPull(pull, { 'apps/a.yaml': configMap('a', 'key: fourth') });

    const run = await post(await jobEnvironment('read'));

    expect(run.code).toBe(0);
    expect(run.stderr).toBe(
      'the job token may not write comments (as on pulls from forks): the review is in the step summary\n',
    );
    expect(readFileSync(summary, 'utf8')).toContain('### ✅ Ready');
    expect(readFileSync(summary, 'utf8')).toContain('fourth');
    expect(repository.comments(pull).map(({ history }) => history.length)).toEqual([2]);
  });

  test('without a token or a pull is refused before any work', async () => {
    const job = await jobEnvironment('write');
    const { GITHUB_TOKEN: _token, ...without } = job;
    writeFileSync(join(folder, 'push.json'), '{"ref": "refs/heads/main"}');

    expectRefusal(await post(without), { code: 2, says: /--post needs GITHUB_TOKEN$/ });
    const push = await post({ ...job, GITHUB_EVENT_PATH: join(folder, 'push.json') });
    expectRefusal(push, { code: 2, says: /--post works in a GitHub Actions job of a pull_request event$/ });
  });

  test('whose token GitHub does not know ends with the exit code of a permission', async () => {
    const run = await post({ ...(await jobEnvironment('write')), GITHUB_TOKEN: 'ghs_CANARYCANARYCANARYCANARYCANARY' });

    expect(run.code).toBe(4);
    expect(run.stderr).toMatch(/^fairlead: .*\n {2}\S.*\n$/);
  });

  test('that cannot reach GitHub ends with the exit code of an unreachable forge', async () => {
    const run = await post({ ...(await jobEnvironment('write')), GITHUB_API_URL: 'http://127.0.0.1:1' });

    expect(run.code).toBe(5);
    expect(run.stderr).toMatch(/^fairlead: .*\n {2}\S.*\n$/);
  });
});
