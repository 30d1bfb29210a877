import { describe, expect, test } from '@jest/globals';
import { isSops, isSopsText, sopsMark, sopsTextView, sopsView } from '../../../src/formats/flux/sops.ts';
import { resourceOf } from './support.ts';

/** An encrypted value; what SOPS writes differs on each encryption. */
function enc(salt: string): string {
  return `ENC[AES256_GCM,data:${salt}=,iv:${salt}iv=,tag:${salt}tag==,type:str]`;
}

function age(salt: string): string {
  return `sops:
    age:
        - recipient: age1helqcqsh9464r8chnwc2fzj8uv7vr5ntnsft0tn45v2xtz0hpfwq98cmsg
          enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
            ${salt}
            -----END AGE ENCRYPTED FILE-----
    lastmodified: "2024-01-01T00:00:00Z"
    mac: ${enc(salt)}
    encrypted_regex: ^(data|stringData)$
    version: 3.9.0
`;
}

function pgp(salt: string): string {
  return `sops:\n    pgp:\n        - created_at: "2024-01-01T00:00:00Z"\n          enc: |-\n            -----BEGIN PGP MESSAGE-----\n            ${salt}\n          fp: FBC7B9E2A4F9289AC0C1D4843D16CEE4A27381B4\n    mac: ${enc(salt)}\n    version: 3.9.0\n`;
}

function secret(salt: string, block: string): string {
  return `apiVersion: v1\nkind: Secret\nmetadata:\n    name: keys\n    labels: {team: a}\ntype: Opaque\nstringData:\n    token: ${enc(salt)}\n    user: ${enc(`${salt}u`)}\n${block}`;
}

describe('an object that SOPS encrypted', () => {
  test.each([
    ['age', age],
    ['pgp', pgp],
  ])('with %s is known by its block and shown by key only', (_, block) => {
    const { object } = resourceOf(secret('aa', block('aa')));

    expect(isSops(object)).toBe(true);
    expect(sopsView(object)).toEqual({
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'keys', labels: { team: 'a' } },
      type: 'Opaque',
      stringData: { token: sopsMark, user: sopsMark },
    });
  });

  test('looks the same after another encryption, and differs by a new key', () => {
    const before = sopsView(resourceOf(secret('aa', age('aa'))).object);

    expect(sopsView(resourceOf(secret('bb', pgp('bb'))).object)).toEqual(before);
    const more = secret('aa', age('aa')).replace('    user:', '    extra: ENC[AES256_GCM,data:x]\n    user:');
    expect(sopsView(resourceOf(more).object)).not.toEqual(before);
  });

  test('in part shows what is in clear', () => {
    const text = `apiVersion: example.com/v1\nkind: Database\nmetadata: {name: db}\nspec:\n    size: 3\n    password: ${enc('aa')}\n    users:\n        - name: a\n          token: ${enc('bb')}\n${age('aa')}`;

    expect(sopsView(resourceOf(text).object)['spec']).toEqual({
      size: 3,
      password: sopsMark,
      users: [{ name: 'a', token: sopsMark }],
    });
  });

  test('keeps no value of a Secret, even one that was left in clear', () => {
    const text = secret('aa', age('aa')).replace('    user:', '    open: hunter2\n    user:');

    expect(JSON.stringify(sopsView(resourceOf(text).object))).not.toContain('hunter2');
  });

  test('is no other object', () => {
    expect(
      isSops(resourceOf('apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringData: {a: "ENC[x]"}').object),
    ).toBe(false);
    expect(isSops({ kind: 'ConfigMap', data: { note: 'sops: how we use it' } })).toBe(false);
  });
});

describe('an encrypted file', () => {
  const dotenv = (salt: string) =>
    `USER=${enc(salt)}\n#${enc(salt)}\nTOKEN=${enc(salt)}\nsops_age__list_0__map_enc=-----BEGIN AGE\\n${salt}\nsops_mac=${enc(salt)}\nsops_version=3.9.0\n`;
  const ini = (salt: string) => `[db]\nuser     = ${enc(salt)}\n\n[sops]\nmac     = ${enc(salt)}\nversion = 3.9.0\n`;
  const yaml = (salt: string) => `a: ${enc(salt)}\n${age(salt)}z: 1\n`;
  const binary = (salt: string) =>
    JSON.stringify({ data: enc(salt), sops: { mac: enc(salt), version: '3.9.0' } }, null, 2);

  test.each([
    ['dotenv', dotenv, `USER=${sopsMark}\n#${sopsMark}\nTOKEN=${sopsMark}\n`],
    ['ini', ini, `[db]\nuser     = ${sopsMark}\n\n`],
    ['YAML', yaml, `a: ${sopsMark}\nz: 1\n`],
    ['binary', binary, `{"data":"${sopsMark}"}`],
  ])('of %s is shown by its keys, whether a generator put it in as text or as base64', (_, write, expected) => {
    const [text, again] = [write('aa'), write('bb')];

    expect(isSopsText(text)).toBe(true);
    expect(sopsTextView(text)).toBe(expected);
    const map = { kind: 'ConfigMap', data: { file: text, plain: 'x' } };
    const made = { kind: 'Secret', data: { file: Buffer.from(text).toString('base64'), plain: 'eA==' } };
    expect([isSops(map), isSops(made)]).toEqual([true, true]);
    expect(sopsView(map)).toEqual({ kind: 'ConfigMap', data: { file: expected, plain: 'x' } });
    expect(sopsView(made)).toEqual({ kind: 'Secret', data: { file: expected, plain: 'eA==' } });
    expect(sopsTextView(again)).toBe(expected);
  });
});
