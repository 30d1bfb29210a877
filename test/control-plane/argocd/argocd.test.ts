import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ArgoCd, useArgoCd } from './argocd.ts';

let argo: ArgoCd;

beforeAll(async () => {
  argo = await useArgoCd();
}, 900_000);

describe('the Argo CD of tests', () => {
  test('serves its kinds and has the project that Applications name by default', async () => {
    const printed = await argo.plane.kubectl(['get', 'appprojects', '-n', argo.namespace, '-o', 'name']);

    // Other suites of the run share this Argo CD and add projects of their own.
    expect(printed.split('\n')).toContain('appproject.argoproj.io/default');
  });
});
