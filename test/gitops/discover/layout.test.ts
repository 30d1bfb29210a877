import { describe, expect, test } from '@jest/globals';
import { placementOf } from '../../../src/gitops/discover/layout.ts';

describe('environment and name of a folder', () => {
  test.each([
    ['', null, 'root'],
    ['apps/web', null, 'apps/web'],
    ['apps/web/overlays/prod', 'prod', 'apps/web'],
    ['apps/web/overlays/eu-west', 'eu-west', 'apps/web'],
    ['apps/web/overlays/prod/eu', 'prod', 'apps/web/eu'],
    ['apps/web/prod', 'prod', 'apps/web'],
    ['apps/web/Production', 'Production', 'apps/web'],
    ['prod/web', 'prod', 'web'],
    ['envs/staging', 'staging', 'envs'],
    ['environments/prod/clusters/eu1/apps', 'prod', 'clusters/eu1/apps'],
    ['clusters/eu1/apps/web', 'eu1', 'apps/web'],
    ['clusters/eu1', 'eu1', 'clusters'],
    ['stages/canary/web', 'canary', 'web'],
    ['prod', 'prod', 'root'],
    ['apps/web/overlays/base', null, 'apps/web/overlays/base'],
    ['clusters', null, 'clusters'],
    ['products/web', null, 'products/web'],
  ])('%s: %s, %s', (path, environment, name) => {
    expect(placementOf(path)).toEqual({ environment, name });
  });
});
