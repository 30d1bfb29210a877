import { describe, expect, test } from '@jest/globals';
import { namedValues } from '../../../src/formats/redaction/named-values.ts';
import type { Json } from '../../../src/model/json.ts';

describe('what its name calls a secret', () => {
  const cases: readonly (readonly [what: string, value: Json, found: readonly string[]])[] = [
    ['a password in values', { db: { password: 'correct horse' } }, ['correct horse']],
    ['a password of letters only', { password: 'correcthorse' }, ['correcthorse']],
    ['camel case', { apiToken: 'aB3dE5gH', clientSecret: 'S3cr3t-value' }, ['aB3dE5gH', 'S3cr3t-value']],
    ['an environment variable', { env: [{ name: 'DB_PASSWORD', value: 'hunter-2' }] }, ['hunter-2']],
    ['an argument', { args: ['--token=aB3dE5gH', '-v', 'PGPASSWORD=hunter-2'] }, ['aB3dE5gH', 'hunter-2']],
    ['a header', { httpHeaders: [{ name: 'X-Api-Key', value: 'aB3dE5gH' }] }, ['aB3dE5gH']],
    ['all of a plural', { credentials: { one: 'aB3dE5gH', more: ['two three'] } }, ['aB3dE5gH', 'two three']],
    ['a key of a ConfigMap', { kind: 'ConfigMap', data: { 'smtp.password': 'a b c' } }, ['a b c']],
  ];

  test.each(cases)('is found: %s', (_what, value, found) => {
    expect(namedValues(value)).toEqual(found);
  });

  const innocent: readonly (readonly [what: string, value: Json])[] = [
    ['the name of a Secret', { existingSecret: 'db-login-2', imagePullSecret: 'regcred-2', secretName: 'a-1' }],
    ['a word', { tokenSecret: 'issuer-token', apiKey: 'from-vault' }],
    ['a placeholder', { password: 'changeme', token: '$(TOKEN)', secret: '{{ .Values.x }}', apiKey: '<your key 1>' }],
    ['a path', { password: '/run/secrets/db', PASSWORD_FILE: '/run/secrets/db2' }],
    ['a switch or a number', { tokens: 'true', password: 'false', token: '3600s', pwd: '8080' }],
    ['an address', { token: 'https://issuer.example/token' }],
    ['something encrypted', { password: 'ENC[AES256_GCM,data:abc]' }],
    ['a reference', { secretKeyRef: { name: 'db', key: 'password' }, passwordKey: 'db-password' }],
    ['another name', { description: 'the password is secret', keyboard: 'qwerty12', passwordPolicy: 'strict-2' }],
    ['no text', { password: 5, token: null, secret: true }],
  ];

  test.each(innocent)('is not: %s', (_what, value) => {
    expect(namedValues(value)).toEqual([]);
  });

  test('is looked for in no depth without end', () => {
    let deep: Json = { password: 'too deep to matter' };
    for (let level = 0; level < 5_000; level += 1) deep = { a: deep };

    expect(namedValues(deep)).toEqual([]);
  });
});
