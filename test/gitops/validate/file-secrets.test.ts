import { describe, expect, test } from '@jest/globals';
import { secretsInFile } from '../../../src/gitops/validate/file-secrets.ts';

const found = (path: string, text: string, before: string | null = null) => [...secretsInFile({ path, text, before })];

describe('secret values of a file', () => {
  test('are those of Secrets, decoded', () => {
    const data = `data:\n  a: ${Buffer.from('open sesame').toString('base64')}\nstringData:\n  b: or barley\n`;

    expect(found('a.yaml', `apiVersion: v1\nkind: Secret\nmetadata:\n  name: a\n${data}`)).toEqual(
      expect.arrayContaining(['open sesame', 'or barley']),
    );
  });

  test('are what a template says literally', () => {
    const text =
      'apiVersion: v1\nkind: Secret\nmetadata:\n  name: {{ .Release.Name }}\nstringData:\n  a: open sesame\n';

    expect(found('templates/a.yaml', text)).toContain('open sesame');
  });

  test('are what kustomize generates Secrets from, with and without quotes', () => {
    const text = 'secretGenerator:\n- name: a\n  literals:\n  - pin=open sesame\n  - q="or barley"\n';

    expect(found('kustomization.yaml', text)).toEqual(['open sesame', '"or barley"', 'or barley']);
  });

  test('are what a values file calls so, before the change and after it', () => {
    expect(found('values.yaml', 'db:\n  password: new sesame\n', 'db:\n  password: old sesame\n')).toEqual([
      'new sesame',
      'old sesame',
    ]);
  });

  test.each([
    ['a text of another kind', 'README.md', 'password: open sesame\n'],
    ['a broken file', 'a.yaml', 'password: "open sesame" x: [\n'],
    ['a file without secrets', 'a.yaml', 'replicas: 3\n'],
  ])('are none in %s', (_what, path, text) => {
    expect(found(path, text)).toEqual([]);
  });
});
