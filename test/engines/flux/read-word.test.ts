import { expect, test } from '@jest/globals';
import { readWord, type Word } from '../../../src/engines/flux/read-word.ts';
import type { Standing } from '../../../src/engines/flux/revision.ts';
import type { HealthState } from '../../../src/model/health.ts';
import { condition, helmChart, helmRelease, kustomization } from './sketch.ts';

const early = "health check failed after 3s: failed early due to stalled resources: [Deployment/web status: 'Failed']";
const late = "health check failed after 5m: timeout waiting for: [Deployment/web status: 'InProgress']";

function wordOf(
  conditions: readonly ReturnType<typeof condition>[],
  circumstances: { readonly standing?: Standing; readonly seen?: HealthState } = {},
): Word['state'] {
  const { standing = 'exact', seen = 'unknown' } = circumstances;
  return readWord(kustomization({ status: { conditions } }), { standing, chart: null, seen }).state;
}

function failing(reason: string, message: string) {
  return [condition('Ready', 'False', reason, message)];
}

test.each<[string, Word['state'], Word['state']]>([
  ['ready is healthy', wordOf([condition('Ready', 'True', 'ReconciliationSucceeded')]), 'healthy'],
  [
    'a word on an earlier commit is none',
    wordOf(failing('HealthCheckFailed', early), { standing: 'other' }),
    'progressing',
  ],
  ['work under way is no end', wordOf([condition('Ready', 'Unknown', 'Progressing')]), 'progressing'],
  ['no word at all is no end', wordOf([]), 'progressing'],
  ['a failure it saw is one', wordOf(failing('HealthCheckFailed', early)), 'failed'],
  ['one that is over is none', wordOf(failing('HealthCheckFailed', early), { seen: 'healthy' }), 'progressing'],
  [
    'nor where we see it on its way',
    wordOf(failing('HealthCheckFailed', early), { seen: 'progressing' }),
    'progressing',
  ],
  ['as we see it too', wordOf(failing('HealthCheckFailed', early), { seen: 'failed' }), 'failed'],
  ['running out of time is no failure', wordOf(failing('HealthCheckFailed', late)), 'progressing'],
  ['waiting for another is no failure', wordOf(failing('DependencyNotReady', 'not ready')), 'progressing'],
  ['a refused write is a failure', wordOf(failing('ReconciliationFailed', 'Invalid value')), 'failed'],
  ['a server that is away is none', wordOf(failing('ReconciliationFailed', 'connection refused')), 'unknown'],
  [
    'the failure of a later commit is none of ours',
    wordOf(failing('ReconciliationFailed', 'x'), { standing: 'newer' }),
    'progressing',
  ],
  [
    'giving up is a failure',
    wordOf([...failing('X', 'x'), condition('Stalled', 'True', 'InvalidCELExpression')]),
    'failed',
  ],
  [
    'lacking a right is none of the commit',
    wordOf([...failing('X', 'x'), condition('Stalled', 'True', 'AccessDenied')]),
    'unknown',
  ],
])('%s', (_, found, expected) => {
  expect(found).toBe(expected);
});

test('a HelmRelease that has not tried the newest chart has not spoken', () => {
  const circumstances = { standing: 'exact', chart: helmChart(), seen: 'healthy' } as const;

  expect(readWord(helmRelease(), circumstances).state).toBe('healthy');
  expect(readWord(helmRelease({ status: { lastAttemptedRevision: '0.9.0' } }), circumstances).state).toBe(
    'progressing',
  );
});

const rolledBack = condition('Ready', 'False', 'RollbackSucceeded', 'Helm rollback succeeded');
const exhausted = condition('Stalled', 'True', 'RetriesExceeded', 'Failed 3 times');
const upgrade = (message: string) => condition('Released', 'False', 'UpgradeFailed', message);

test.each<[string, readonly ReturnType<typeof condition>[], Word['state'], RegExp]>([
  ['taken back after it took too long', [rolledBack, upgrade('timed out')], 'unknown', /timed out/],
  ['taken back for what Helm refused', [rolledBack, upgrade('invalid')], 'failed', /invalid/],
  ['out of retries after it took too long', [...failing('UpgradeFailed', 'timed out'), exhausted], 'unknown', /timed/],
  ['out of retries for what Helm refused', [...failing('UpgradeFailed', 'invalid'), exhausted], 'failed', /invalid/],
])('a HelmRelease that is %s', (_, conditions, state, says) => {
  const circumstances = { standing: 'exact', chart: helmChart(), seen: 'unknown' } as const;
  const word = readWord(helmRelease({ status: { conditions } }), circumstances);

  expect(word).toMatchObject({ state, message: expect.stringMatching(says) });
});
