import { describe, expect, test } from '@jest/globals';
import { isAllowed, isDeployable, onlyAllowed } from '../../src/server/limits.ts';
import type { Forge, RepoPort } from '../../src/world/forge/forge.ts';
import type { ForgeEvent } from '../../src/world/forge/receiver.ts';

const repoOf = (fullName: string) => ({ forge: 'github', id: 1, fullName, installation: null });

const event = (fullName: string): ForgeEvent => ({ kind: 'pull-changed', repo: repoOf(fullName), pull: 1, head: 'a' });

function forgeWith(events: readonly ForgeEvent[]): Forge {
  return {
    name: 'github',
    limits: { comment: 1, checkSummary: 1, checkText: 0, annotationsPerCall: 0 },
    capabilities: { annotations: false, approvalHeads: false },
    receiver: { authenticate: () => ({ ok: true, id: '1', event: 'push' }), normalise: () => events },
    budgets: () => [],
    repo: async (ref) => ({ ref }) as RepoPort, // what is asked of it here
    repositories: async () => [repoOf('acme/shop'), repoOf('other/shop')],
    missedDeliveries: async () => [],
    redeliver: async () => undefined,
    reviveHooks: async () => [],
    proveAccess: async () => undefined,
  };
}

describe('the list of repositories', () => {
  test.each([
    [[], 'any/thing', true],
    [['acme/*'], 'acme/shop', true],
    [['acme/*'], 'Acme/Shop', true],
    [['acme/*'], 'acmex/shop', false],
    [['acme/*'], 'acme/sub/shop', false],
    [['acme/**'], 'acme/sub/shop', true],
    [['github:acme/*'], 'acme/shop', true],
    [['gitlab:acme/*'], 'acme/shop', false],
  ])('%j for %s', (globs, fullName, expected) => {
    expect(isAllowed(repoOf(fullName), globs)).toBe(expected);
  });

  test('lets webhooks of others go, and refuses whatever else asks for them', async () => {
    const forge = forgeWith([event('acme/shop'), event('evil/shop')]);

    const { all, forge: named } = onlyAllowed(
      { all: [{ forge, path: '/hooks/github' }], forge: () => forge },
      { repositories: ['acme/*'] },
    );

    expect(all[0]?.forge.receiver.normalise({ body: new Uint8Array(), headers: {} })).toEqual([event('acme/shop')]);
    expect(await named('github').repositories()).toEqual([repoOf('acme/shop')]);
    await expect(named('github').repo(repoOf('evil/shop'))).rejects.toMatchObject({ code: 'repository-not-allowed' });
    await expect(named('github').repo(repoOf('acme/shop'))).resolves.toMatchObject({ ref: { fullName: 'acme/shop' } });
  });
});

test('the list of applications', () => {
  expect(isDeployable('apps/checkout', [])).toBe(true);
  expect(isDeployable('apps/checkout', ['apps/*'])).toBe(true);
  expect(isDeployable('platform', ['apps/*'])).toBe(false);
});
