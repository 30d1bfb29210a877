import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { FaultKind } from '../../../../src/pretend/github/faults.ts';
import { convertManifest } from '../../../../src/world/forge/github/app-manifest.ts';
import { fast, openStage, type Stage } from './setup.ts';

const code = 'CANARY-code-1';

let stage: Stage;
beforeEach(async () => {
  stage = await openStage();
});
afterEach(() => stage.stop());

const convert = (baseUrl = stage.github.apiUrl) =>
  convertManifest(code, { baseUrl, now: () => new Date(), pace: { ...fast, deadline: 300 } });

const faults: readonly (readonly [FaultKind, string])[] = [
  ['hang', 'unavailable'],
  ['bad-gateway', 'unavailable'],
  ['html', 'unavailable'],
  ['reset', 'unavailable'],
  ['forbidden', 'forbidden'],
  ['secondary-limit', 'limited'],
];

test.each(faults)('%s is told as %s, without the code, and asked for once only', async (kind, told) => {
  stage.github.faults.add({ kind, path: /app-manifests/ });

  const failure = await convert().catch((error: unknown) => error);

  expect(failure).toMatchObject({ kind: told, subject: 'POST /app-manifests/CODE/conversions' });
  expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('CANARY');
  expect(stage.github.requests.filter(({ path }) => path.includes('app-manifests'))).toHaveLength(1);
});

test('a host that is not there is told without the code', async () => {
  const failure = await convert('http://127.0.0.1:1/api/v3').catch((error: unknown) => error);

  expect(failure).toMatchObject({ kind: 'unavailable', status: 0 });
  expect(String(failure)).toMatch(/could not be reached for POST \/app-manifests\/CODE\/conversions/);
});

test('a code that GitHub does not know is told as one', async () => {
  await expect(convert()).rejects.toMatchObject({
    code: 'manifest-code',
    message: expect.not.stringContaining('CANARY'),
    remedy: expect.stringContaining('Make the App once more'),
  });
});
