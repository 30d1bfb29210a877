import { describe, expect, test } from '@jest/globals';
import { usedByProbes } from '../../../src/features/doctor/probe-used-by.ts';

const { signal } = new AbortController();

const seen = ['acme/values', 'Acme/GitOps'].map((fullName, id) => ({ forge: 'github', id, fullName, installation: 1 }));

const probesOf = (usedBy: Readonly<Record<string, readonly string[]>>, isOnly = true) =>
  usedByProbes({ name: 'github', isOnly, usedBy: new Map(Object.entries(usedBy)), repositories: async () => seen });

const told = async (usedBy: Parameters<typeof probesOf>[0], isOnly = true) =>
  (await Promise.all(probesOf(usedBy, isOnly).map((probe) => probe.look(signal)))).flat();

describe('repositories that use others', () => {
  test('are seen, whatever their case', async () => {
    expect(await told({ 'github:acme/values': ['acme/gitops'] }, false)).toEqual([
      expect.objectContaining({ state: 'ok', says: 'every repository of usedBy is seen: acme/gitops, acme/values' }),
    ]);
  });

  test('and those that are not are named, used ones as well', async () => {
    expect(await told({ 'acme/valuess': ['acme/gitops', 'acme/gone'] })).toEqual([
      expect.objectContaining({ state: 'fault', says: 'usedBy names acme/gone, which it does not show' }),
      expect.objectContaining({ state: 'fault', says: 'usedBy names acme/valuess, which it does not show' }),
    ]);
  });

  test.each<[string, Parameters<typeof probesOf>[0], boolean]>([
    ['nothing is named', {}, true],
    ['it is another forge’s', { 'gitlab:acme/values': ['acme/gitops'] }, true],
    ['it may be another forge’s', { 'acme/values': ['acme/gitops'] }, false],
  ])('no forge is asked where %s', (_title, usedBy, isOnly) => {
    expect(probesOf(usedBy, isOnly)).toEqual([]);
  });
});
