import { describe, expect, test } from '@jest/globals';
import { HIDDEN } from '../../../src/model/redacted.ts';
import { redactor } from './redacting.ts';

describe('recognising credentials by their looks', () => {
  test.each([
    ['a PEM key', '-----BEGIN RSA PRIVATE KEY-----\nMIIEow\nAAAA==\n-----END RSA PRIVATE KEY-----', ''],
    [
      'an encrypted PEM key',
      '-----BEGIN EC PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n\nMIIE\n-----END EC PRIVATE KEY-----',
      '',
    ],
    ['a PEM key on one line', '-----BEGIN PRIVATE KEY-----\\nMIIEow\\n-----END PRIVATE KEY-----', ''],
    ['a PEM key cut off', '-----BEGIN PRIVATE KEY-----\nMIIEow\n', ''],
    ['a bearer token', 'Authorization: Bearer abcdef0123456789abcdef', 'Authorization: Bearer '],
    ['basic auth', 'authorization: basic dXNlcjpwYXNzd29yZA==', 'authorization: basic '],
    ['a password in a URL', 'postgres://shop:hunter2@db/shop', 'postgres://shop:'],
    ['an AWS key id', 'AKIAIOSFODNN7EXAMPLE', ''],
    ['a GitHub token', 'ghp_0123456789abcdefghijABCDEFGHIJ012345', ''],
    ['a fine-grained GitHub token', 'github_pat_11ABCDEFG0123456789_abcdefghij', ''],
    ['a GitLab token', 'glpat-0123456789abcdefghij', ''],
    ['a GitLab runner token', 'glrt-0123456789abcdefghij', ''],
    ['a Slack token', 'xoxb-123456789012-abcdefghijkl', ''],
    ['a JSON web token', 'eyJhbGciOiJSUzI1NiJ9.eyJpc3MiOiJrdWJlIn0.c2lnbmF0dXJl', ''],
  ])('hides %s', (_what, text, kept) => {
    const masked = redactor().text(text);

    expect(masked.startsWith(`${kept}${HIDDEN}`)).toBe(true);
    expect(masked).not.toMatch(/MIIE|0123456789|hunter2|AKIA|xoxb|eyJ|dXNl/);
  });

  test('leaves the words around a PEM key', () => {
    const text =
      'key: "-----BEGIN PRIVATE KEY-----\nMIIE\n-----END PRIVATE KEY-----" and `-----BEGIN PRIVATE KEY-----` done';

    expect(redactor().text(text)).toBe(`key: "${HIDDEN}" and \`${HIDDEN}\` done`);
  });

  test.each([
    'https://example.com/a:b@c',
    'image: registry.example:5000/shop@sha256:0123456789abcdef0123456789abcdef',
    'a bearer of news, basic things',
    '-----BEGIN CERTIFICATE-----\nMIIE\n-----END CERTIFICATE-----',
    'eyJ alone, glove-maker, ghp_short',
  ])('leaves innocent text: %s', (text) => {
    expect(redactor().text(text)).toBe(text);
  });

  test.each(['-----BEGIN PRIVATE KEY-----', 'eyJ', '-eyJ', 'a://', 'Bearer ', 'ghp_', '-----BEGIN '])(
    'takes linear time on a million characters of %j',
    (unit) => {
      const text = unit.repeat(Math.ceil(1_000_000 / unit.length));

      const started = performance.now();
      redactor().text(text);

      expect(performance.now() - started).toBeLessThan(3000);
    },
  );
});
