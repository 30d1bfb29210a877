import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { reviewPull } from '../../../src/features/review/pull.ts';
import type { PullJob, PullTools } from '../../../src/features/review/pull-tools.ts';
import { createSettingsReader } from '../../../src/features/settings/in-force.ts';
import { startProcessHost } from '../../../src/tools/process-host.ts';
import { createMirrors } from '../../../src/world/git/mirrors.ts';
import { type OpenedStore, openSqlite } from '../../../src/world/store/sqlite/sqlite.ts';
import { openPull, openStage, redacted, type Stage } from '../../world/forge/gitlab/setup.ts';
import { none, reviewTools } from './world.ts';

const now = (): Date => new Date();
const processes = startProcessHost();
const { signal } = new AbortController();
const unreported: string[] = [];
let stage: Stage;
let opened: OpenedStore;
let mirrors: ReturnType<typeof createMirrors>;
let tools: PullTools;
beforeAll(async () => {
  stage = await openStage();
  opened = await openSqlite({ path: ':memory:', lock: false, now, random: () => 0.5 });
  mirrors = createMirrors(join(stage.dir, 'mirrors'), { run: processes.run });
  const { store } = opened;
  const base = { forge: () => stage.forge, mirror: () => mirrors.open('gitlab-1'), store, redact: redacted, now };
  tools = {
    ...{ ...base, judgeSettings: async () => [], environment: null },
    settings: createSettingsReader({ ...base, engines: ['apply'], clusters: none }),
    review: { ...reviewTools(async () => undefined), findLeaks: async () => [] },
    onUnreported: (_pull, { message }) => unreported.push(message),
  };
});
afterAll(async () => {
  expect(stage.gitlab.violations).toEqual([]);
  for (const part of [opened, mirrors, processes]) await part.close();
  await stage.stop();
});

const review = (pull: number, reason: PullJob['reason']) =>
  reviewPull({ repo: stage.port.ref, pull, reason }, tools, signal);
const written = () => stage.gitlab.requests.filter(({ method }) => method !== 'GET').length;

describe('a merge request from a fork that takes no status of ours', () => {
  let pull: number;
  beforeAll(async () => {
    pull = await openPull(stage.project, { fork: true });
  });

  test('is told in a comment, though there is nothing else to say, in the log and in the audit', async () => {
    const result = await review(pull, 'pull');

    expect(result?.verdict).toBe('no-change');
    const [comment, ...more] = stage.project.comments({ kind: 'pull', number: pull });
    expect(more).toEqual([]);
    expect(comment?.body).toMatch(/No check:.*in the fork it comes from.*lets our user write none.*role Developer/s);
    expect(new Set(unreported)).toEqual(new Set([expect.stringContaining('in the fork it comes from')]));
    const rows = await opened.store.audit.read({ after: 0, limit: 10 });
    expect(rows.map(({ action }) => action)).toEqual(['reviewed', 'check-refused']);
    expect(rows[1]?.data).toMatchObject({ code: 'gitlab-fork-status' });
    expect(await opened.store.outbox.open()).toEqual([]);
  });

  test('is not reviewed again for the status that is missing', async () => {
    const before = written();

    expect(await review(pull, 'resync')).toBeNull();

    expect(written()).toBe(before);
  });

  test('has its status once the fork lets us in', async () => {
    stage.gitlab.grant('mona/gitops', 'project_7_bot_4f2a', 30);

    await review(pull, 'resync');

    const { head } = await stage.port.pull(pull);
    expect(stage.project.statuses(head.sha)).toEqual([expect.objectContaining({ name: 'fairlead', state: 'success' })]);
    expect(stage.project.comments({ kind: 'pull', number: pull })[0]?.body).not.toContain('No check:');
  });
});
