import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { CheckReport } from '../../../../src/world/forge/forge.ts';
import { openStage, redacted, type Stage } from './setup.ts';

let stage: Stage;
let sha: string;
let commits = 0;
beforeAll(async () => {
  stage = await openStage();
});
afterAll(() => stage.stop());

async function freshCommit(): Promise<string> {
  commits += 1;
  sha = await stage.repo.commit('topic', { 'apps/web.yaml': `n: ${commits}\n` });
  return sha;
}

const report = (count: number): CheckReport => ({
  name: 'fairlead',
  state: 'done',
  conclusion: 'failure',
  title: redacted('Blocked'),
  summary: redacted('summary'),
  annotations: Array.from({ length: count }, (_, at) => ({
    file: 'apps/web.yaml',
    line: at + 1,
    level: 'failure',
    title: redacted(`t${'x'.repeat(400)}`),
    message: redacted(`message ${at + 1}`),
  })),
});

test('sends 120 annotations in three calls and the conclusion with the last', async () => {
  await freshCommit();
  const before = stage.github.requests.length;

  await stage.port.report(sha, report(120));

  const [run] = stage.repo.checkRuns(sha);
  expect(run?.calls).toEqual([50, 50, 20]);
  const writes = stage.github.requests.slice(before).filter(({ method }) => method !== 'GET');
  const states = writes
    .filter(({ path }) => path.includes('check-runs'))
    .map(({ body }) => (body as { status: string }).status);
  expect(states).toEqual(['in_progress', 'in_progress', 'completed']);
});

test('keeps every annotation at its line and its title within 255 characters', async () => {
  await freshCommit();

  await stage.port.report(sha, report(51));

  const annotations = stage.repo.checkRuns(sha)[0]?.annotations ?? [];
  expect(annotations.map((entry) => entry['start_line'])).toEqual(Array.from({ length: 51 }, (_, at) => at + 1));
  expect(annotations[0]).toMatchObject({ path: 'apps/web.yaml', annotation_level: 'failure' });
  expect(String(annotations[0]?.['title'])).toHaveLength(255);
});

test('goes on where it was cut off, without repeating what arrived', async () => {
  await freshCommit();
  stage.github.faults.add({ kind: 'bad-gateway-after-commit', method: 'PATCH', path: /check-runs/ });

  await expect(stage.port.report(sha, report(120))).rejects.toMatchObject({ kind: 'unavailable' });
  await stage.port.report(sha, report(120));

  const runs = stage.repo.checkRuns(sha);
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ status: 'completed', conclusion: 'failure', calls: [50, 50, 20] });
});

describe('a completed run that is judged again', () => {
  const ready = () => ({ ...report(0), conclusion: 'success', title: redacted('Ready') }) as const;
  const shown = () =>
    stage.repo.checkRuns(sha).map((run) => `${run.conclusion} ${run.title} ${run.annotations.length}`);

  test('is corrected, and not green before its remarks are there', async () => {
    await freshCommit();
    await stage.port.report(sha, report(0));
    const before = stage.github.requests.length;

    await stage.port.report(sha, { ...report(60), conclusion: 'success', title: redacted('Ready') });

    expect(shown()).toEqual(['success Ready 60']);
    const writes = stage.github.requests.slice(before).filter(({ method }) => method !== 'GET');
    expect(writes.map(({ method, body }) => `${method} ${(body as { status?: string }).status}`)).toEqual([
      'PATCH undefined',
      'PATCH completed',
    ]);
  });

  test('is followed by a new one where its remarks cannot be taken back, or it is to run', async () => {
    await freshCommit();
    await stage.port.report(sha, report(3));
    await stage.port.report(sha, ready());
    await stage.port.report(sha, { ...ready(), state: 'running', conclusion: null });

    expect(shown()).toEqual(['failure Blocked 3', 'success Ready 0', 'null Ready 0']);
  });

  test('is followed by a new one where GitHub keeps its conclusion', async () => {
    await freshCommit();
    await stage.port.report(sha, ready());
    stage.repo.keepConclusions(true);

    await stage.port.report(sha, report(0));
    stage.repo.keepConclusions(false);

    expect(shown().at(-1)).toBe('failure Blocked 0');
    expect(stage.github.violations).toEqual([]);
  });
});

test('a second page is shown below the summary, and goes when there is none any more', async () => {
  await freshCommit();
  await stage.port.report(sha, { ...report(0), text: redacted('all of it') });
  const pages = [stage.repo.checkRuns(sha).at(-1)?.text];
  const before = stage.github.requests.length;
  await stage.port.report(sha, { ...report(0), text: redacted('all of it') });
  const again = stage.github.requests.slice(before).filter(({ method }) => method !== 'GET');
  await stage.port.report(sha, { ...report(0), text: redacted('all of that') });
  pages.push(stage.repo.checkRuns(sha).at(-1)?.text);
  await stage.port.report(sha, report(0));
  pages.push(stage.repo.checkRuns(sha).at(-1)?.text);

  expect(pages).toEqual(['all of it', 'all of that', null]);
  expect(again).toEqual([]);
  expect(stage.github.violations).toEqual([]);
});

test('adopts a check run whose creation was answered by a 502', async () => {
  await freshCommit();
  stage.github.faults.add({ kind: 'bad-gateway-after-commit', method: 'POST', path: /check-runs/ });

  await expect(stage.port.report(sha, report(2))).rejects.toMatchObject({ kind: 'unavailable' });
  await stage.port.report(sha, report(2));

  expect(stage.repo.checkRuns(sha).map(({ annotations }) => annotations.length)).toEqual([2]);
  expect(stage.github.violations).toEqual([]);
});

test('leaves a check of the same name that somebody else made alone', async () => {
  await freshCommit();
  const token = stage.github.actionsToken('acme/gitops', { checks: 'write' });
  const answer = await fetch(`${stage.github.apiUrl}/repos/acme/gitops/check-runs`, {
    method: 'POST',
    headers: { authorization: `token ${token}` },
    body: JSON.stringify({ name: 'fairlead', head_sha: sha, status: 'in_progress' }),
  });
  expect(answer.status).toBe(201);

  await stage.port.report(sha, report(0));

  expect(stage.repo.checkRuns(sha).map(({ status }) => status)).toEqual(['in_progress', 'completed']);
});
