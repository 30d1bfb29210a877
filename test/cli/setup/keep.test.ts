import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { reserve } from '../../../src/cli/setup/keep.ts';
import { nextSteps } from '../../../src/cli/setup/next-steps.ts';
import { setupPlan } from '../../../src/cli/setup/plan.ts';
import type { NewApp } from '../../../src/world/forge/github/app-manifest.ts';

const app: NewApp = {
  id: 7,
  slug: 'fairlead',
  owner: 'acme',
  page: 'https://github.test/apps/fairlead',
  privateKey: 'KEY\n',
  webhookSecret: null,
};

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-test-keep-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

test('a webhook secret that GitHub did not make is made here, and has to be set there', async () => {
  const flags = { port: '0', host: '127.0.0.1', out: folder, url: 'https://bot.example.com' };
  const plan = setupPlan(flags, {});

  const kept = await (await reserve(plan)).fill(app);

  expect(parseEnv(readFileSync(kept.environmentFile, 'utf8'))['WEBHOOK_SECRET']).toMatch(/^[0-9a-f]{64}$/);
  expect(nextSteps(plan, kept)).toContainEqual({
    text: `Give the App its webhook secret, which GitHub did not make: WEBHOOK_SECRET of ${kept.environmentFile}:`,
    link: 'https://github.com/settings/apps/fairlead',
  });
});

test('a key that cannot be written is told as lost, and no half of it stays', async () => {
  const place = await reserve({ folder, variables: {} });
  // The cast: an answer of GitHub without a key, as no version of it should give.
  const keyless = { ...app, privateKey: undefined } as unknown as NewApp;

  const filling = place.fill(keyless);

  await expect(filling).rejects.toMatchObject({
    code: 'setup-not-kept',
    message: expect.stringMatching(/^GitHub made the App fairlead, but its key could not be written/),
  });
  expect(readdirSync(folder)).toEqual([]);
});

test('a value that would end its quotes is no command for the shell', async () => {
  const hostile = { ...app, slug: 'x\nEVIL=1', webhookSecret: "a'; touch evil; '" };

  const kept = await (await reserve({ folder, variables: {} })).fill(hostile);

  const lines = readFileSync(kept.environmentFile, 'utf8').split('\n');
  expect(lines).toContain(String.raw`WEBHOOK_SECRET='a'\''; touch evil; '\'''`);
  expect(lines.filter((line) => line.startsWith('EVIL'))).toEqual([]);
});

test('a folder whose name no file of variables can hold is refused', async () => {
  const reserving = reserve({ folder: join(folder, "it's"), variables: {} });

  await expect(reserving).rejects.toMatchObject({ code: 'usage', subject: '--out' });
  expect(readdirSync(folder)).toEqual([]);
});
