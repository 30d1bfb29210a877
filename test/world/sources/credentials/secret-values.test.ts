import { describe, expect, test } from '@jest/globals';
import type { SecretKeys } from '../../../../src/model/server-settings.ts';
import { credentialsIn } from '../../../../src/world/sources/credentials/secret-values.ts';
import { selfSigned } from '../../../support/self-signed.ts';
import { secretOf } from './secrets.ts';

const cert = selfSigned().cert.trimEnd();
const none = { username: null, password: null, token: null, ca: null };
const subject = 'the Secret flux-system/charts of cluster hub';

function read(
  data: Readonly<Record<string, string>>,
  {
    host = 'registry.example.com:5000',
    keys = null,
  }: { readonly host?: string; readonly keys?: SecretKeys | null } = {},
) {
  return credentialsIn({ secret: secretOf('charts', data), subject, host }, keys);
}

const docker = (auths: object) => ({ '.dockerconfigjson': JSON.stringify({ auths }) });
const pair = (text: string) => ({ auth: Buffer.from(text).toString('base64') });
const bot = { ...none, username: 'bot', password: 'hunter22' };

describe('the keys others use', () => {
  test.each([
    ['a user name and a password', { username: 'bot', password: 'hunter22' }, bot],
    ['with the line end of a file', { username: 'bot\n', password: 'hunter22\r\n' }, bot],
    ['a token', { token: 't0ken' }, { ...none, token: 't0ken' }],
    ['a token as Flux and Argo CD call it', { bearerToken: 't0ken' }, { ...none, token: 't0ken' }],
    ['an authority alone', { 'ca.crt': cert }, { ...none, ca: cert }],
    ['an authority as Flux called it first', { caFile: cert, token: 't' }, { ...none, token: 't', ca: cert }],
    ['keys that are for something else', { username: 'bot', password: 'hunter22', url: 'https://x' }, bot],
  ])('%s', (_title, data, expected) => {
    expect(read(data)).toEqual(expected);
  });
});

describe('a configuration of Docker', () => {
  test.each([
    ['a host', { 'registry.example.com:5000': pair('bot:hunter22') }],
    ['a URL', { 'https://registry.example.com:5000/v2/': pair('bot:hunter22') }],
    ['a pair in words', { 'registry.example.com:5000': { username: 'bot', password: 'hunter22' } }],
    ['several hosts', { 'other.example.com': pair('a:b'), 'registry.example.com:5000': pair('bot:hunter22') }],
  ])('by %s', (_title, auths) => {
    expect(read(docker(auths))).toEqual(bot);
  });

  test('has passwords with colons', () => {
    expect(read(docker({ 'registry.example.com:5000': pair('bot:a:b') }))).toMatchObject({ password: 'a:b' });
  });

  test.each(['registry-1.docker.io', 'auth.docker.io'])('names Docker Hub by its old address: %s', (host) => {
    expect(read(docker({ 'https://index.docker.io/v1/': pair('bot:hunter22') }), { host })).toEqual(bot);
  });

  test.each([
    ['another host', { 'registry.example.com': pair('bot:hunter22') }, /has nothing for registry\.example\.com:5000/],
    ['a part of a registry', { 'registry.example.com:5000/team': pair('bot:hunter22') }, /has nothing for/],
    ['an identity token', { 'registry.example.com:5000': { identitytoken: 'hunter22' } }, /an identity token/],
    ['half a pair', { 'registry.example.com:5000': pair('hunter22') }, /has no password for/],
  ])('with %s only is of no use', (_title, auths, says) => {
    const fault = faultOf(() => read(docker(auths)));

    expect(fault).toMatchObject({ code: 'source-secret', subject, message: expect.stringMatching(says) });
    expect(fault.message).not.toContain('hunter22');
  });
});

describe('keys that are named', () => {
  const keys = (some: Partial<SecretKeys>) => ({ keys: { ...none, ...some } });

  test('count, and no others', () => {
    const data = { user: 'bot', pass: 'hunter22', username: 'other', password: 'other', token: 'other' };

    expect(read(data, keys({ username: 'user', password: 'pass' }))).toEqual(bot);
    expect(read({ ...data, pat: 't' }, keys({ token: 'pat' }))).toEqual({ ...none, token: 't' });
  });

  test.each([
    ['is not there', {}],
    ['is empty', { pat: '\n' }],
  ])('but one that %s is named in the error', (_title, data) => {
    expect(faultOf(() => read(data, keys({ token: 'pat' }))).message).toBe(
      'The Secret flux-system/charts of cluster hub has no key pat, or nothing in it.',
    );
  });
});

describe('a Secret of no use', () => {
  test.each([
    ['without any of the keys', { other: 'x' }, /has none of the keys username and password, token/],
    ['with a password alone', { password: 'hunter22' }, /has no key username/],
    ['with a user name alone', { username: 'bot' }, /has no key password/],
    ['with both kinds', { username: 'bot', password: 'hunter22', token: 't' }, /holds a token and a user name/],
    ['with what would break the header', { token: 'hunter22\r\nx: y' }, /control characters/],
    ['with an authority that is none', { token: 't', 'ca.crt': 'hunter22' }, /no certificate in PEM/],
    ['with what is no JSON', { '.dockerconfigjson': 'hunter22' }, /holds no JSON object/],
  ])('%s says so, and quotes nothing', (_title, data, says) => {
    const fault = faultOf(() => read(data));

    expect(fault).toMatchObject({ code: 'source-secret', message: expect.stringMatching(says) });
    expect(`${fault.message} ${fault.remedy}`).not.toContain('hunter22');
  });
});

function faultOf(work: () => unknown): Error & { readonly remedy?: string } {
  try {
    work();
  } catch (fault) {
    if (fault instanceof Error) return fault;
  }
  throw new Error('it did not fail');
}
