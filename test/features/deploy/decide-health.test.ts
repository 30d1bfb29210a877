import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { decideHealth, unknownPause } from '../../../src/features/deploy/decide-health.ts';
import type { Deployment } from '../../../src/model/deployment.ts';
import type { Evidence, HealthState, ObjectHealth, TargetHealth } from '../../../src/model/health.ts';
import { deploymentOf } from '../../support/deployments.ts';

const start = Date.parse('2026-11-22T14:00:00.000Z');
const pace = { soak: 60_000, healthDeadline: 900_000, look: 2_000 };

const at = (seconds: number): Date => new Date(start + seconds * 1_000);

function object(name: string, state: HealthState, message: string | null = null): ObjectHealth {
  const resource = { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name };
  return { resource, state, reason: state === 'failed' ? 'CrashLoopBackOff' : null, message };
}

function health(state: TargetHealth['state'], ...objects: readonly ObjectHealth[]): TargetHealth {
  return { state, objects, evidence: [], pods: null };
}

function decide(seconds: number, seen: TargetHealth, change: Partial<Deployment> = {}) {
  const deployment = deploymentOf({ id: 'D-1', state: 'following', appliedAt: at(0).toISOString(), ...change });
  return decideHealth({ deployment, health: seen, now: at(seconds), pace });
}

describe('health', () => {
  test('that is good soaks first, and counts once it lasted', () => {
    const soaking = { state: 'soaking', healthyAt: at(10).toISOString() } as const;

    expect(decide(10, health('healthy')).state).toBe('soaking');
    expect(decide(69, health('healthy'), soaking).state).toBe('soaking');
    expect(decide(70, health('healthy'), soaking).state).toBe('healthy');
  });

  test('that is lost while it soaks begins anew', () => {
    const soaking = { state: 'soaking', healthyAt: at(10).toISOString() } as const;

    expect(decide(60, health('progressing', object('web', 'progressing')), soaking).state).toBe('following');
    expect(decide(71, health('healthy'), { state: 'following' }).state).toBe('soaking');
  });

  test('that does not come in time is unknown, never failed', () => {
    const waiting = health('progressing', object('web', 'progressing', '1 of 2 pods'), object('db', 'missing'));

    expect(decide(900, waiting)).toMatchObject({
      state: 'following',
      reason: 'Deployment shop/web and 1 more: 1 of 2 pods',
    });
    expect(decide(901, waiting)).toMatchObject({
      state: 'unknown',
      reason: 'neither healthy nor failed after 15 min: Deployment shop/web and 1 more: 1 of 2 pods',
    });
  });

  test('that comes late still counts', () => {
    expect(decide(5_000, health('healthy'), { state: 'unknown' }).state).toBe('soaking');
  });

  test('that failed names the object that is new among the failing', () => {
    const seen = health('failed', object('old', 'failed'), object('web', 'failed', 'back-off'));

    expect(decide(5, seen, { failedBefore: ['apps/Deployment/shop/old'] })).toMatchObject({
      state: 'failed',
      reason: 'Deployment shop/web failed: CrashLoopBackOff: back-off',
    });
  });

  test('that failed already before is waited out: all others come to their end first', () => {
    const old = { failedBefore: ['apps/Deployment/shop/old'] };
    const seen = health('failed', object('old', 'failed'), object('web', 'progressing', '0 of 2 pods'));
    const crashed = health('failed', object('old', 'failed'), object('web', 'failed', 'back-off'));

    expect(decide(2, seen, old)).toEqual({
      state: 'following',
      reason: 'Deployment shop/web: 0 of 2 pods; Deployment shop/old failed already before this deployment',
      evidence: [],
    });
    expect(decide(20, crashed, old)).toMatchObject({
      state: 'failed',
      reason: 'Deployment shop/web failed: CrashLoopBackOff: back-off',
    });
  });

  test('that failed already before says so, once all others are healthy and stayed so', () => {
    const old = { failedBefore: ['apps/Deployment/shop/old'] };
    const seen = health('failed', object('old', 'failed'), object('web', 'healthy'), object('cron', 'suspended'));
    const soaking = { ...old, state: 'soaking', healthyAt: at(5).toISOString() } as const;

    expect(decide(5, seen, old)).toMatchObject({
      state: 'soaking',
      reason: 'Deployment shop/old failed already before this deployment',
    });
    expect(decide(64, seen, soaking).state).toBe('soaking');
    expect(decide(65, seen, soaking)).toMatchObject({
      state: 'failed',
      reason: 'Deployment shop/old failed: CrashLoopBackOff (it failed already before this deployment)',
    });
  });

  test('that failed already before, beside what does not come in time, is unknown', () => {
    const seen = health('failed', object('old', 'failed'), object('web', 'progressing', '1 of 2 pods'));

    expect(decide(901, seen, { failedBefore: ['apps/Deployment/shop/old'] })).toMatchObject({
      state: 'unknown',
      reason:
        'neither healthy nor failed after 15 min: Deployment shop/web: 1 of 2 pods; Deployment shop/old failed already before this deployment',
    });
  });

  test('that failed tells what is new first, and names it even where nothing more was read of it', () => {
    const old = { failedBefore: ['apps/Deployment/shop/old'] };
    const seen = health('failed', object('old', 'failed'), object('web', 'failed', 'back-off'));
    const told = (name: string): Evidence => ({
      ...{ resource: object(name, 'failed').resource, pod: `${name}-1`, container: 'app', reason: 'Error' },
      ...{ message: null, exitCode: 1, restarts: 3, logs: null, logsMissing: 'none' },
    });

    expect(decide(5, { ...seen, evidence: [told('old'), told('web')] }, old).evidence).toEqual([
      told('web'),
      told('old'),
    ]);
    expect(decide(5, { ...seen, evidence: [told('old')] }, old).evidence).toMatchObject([
      { resource: { name: 'web' }, pod: null, reason: 'CrashLoopBackOff', message: 'back-off' },
      { resource: { name: 'old' } },
    ]);
  });

  test('without a positive sign is never failed, at any time and in any state', () => {
    const state = fc.constantFrom<HealthState>('healthy', 'progressing', 'suspended', 'missing', 'unknown');
    const word = fc.constantFrom<TargetHealth['state']>('healthy', 'progressing', 'unknown');
    const stands = fc.constantFrom<Deployment['state']>('following', 'soaking', 'unknown');
    fc.assert(
      fc.property(
        fc.nat(100_000),
        word,
        fc.array(state, { maxLength: 4 }),
        stands,
        (seconds, said, states, standing) => {
          const seen = health(said, ...states.map((one, index) => object(`o${index}`, one)));
          const change = { state: standing, healthyAt: at(0).toISOString() };

          expect(decide(seconds, seen, change).state).not.toBe('failed');
        },
      ),
    );
  });
});

describe('what nobody knows', () => {
  test.each([
    [0, 20],
    [900, 90],
    [100_000, 300],
  ])('for %i s is looked at again after %i s', (seconds, pause) => {
    const deployment = deploymentOf({ id: 'D-1', state: 'unknown', appliedAt: at(0).toISOString() });

    expect(unknownPause(deployment, at(seconds), pace)).toBe(pause * 1_000);
  });
});
