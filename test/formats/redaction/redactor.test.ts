import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor, type Redactor } from '../../../src/formats/redaction/redactor.ts';
import { type JsonObject, pick, pickText } from '../../../src/model/json.ts';
import { HIDDEN, HIDDEN_TAG } from '../../../src/model/redacted.ts';

const key = new Uint8Array(32).fill(7);
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

function redactor(maxCharacters?: number): Redactor {
  return createRedactor(maxCharacters === undefined ? { key } : { key, maxCharacters });
}

function secret(values: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, ...values };
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

test('a cluster Secret of Argo CD teaches how the cluster is reached, not what it is called', () => {
  const { learnSecret, text } = redactor();
  const labels = { 'argocd.argoproj.io/secret-type': 'cluster' };
  const values = { name: 'prod-eu', server: 'https://10.0.0.1', config: '{"bearerToken":"t0ken-of-prod"}' };

  learnSecret({ kind: 'Secret', metadata: { name: 'c', labels }, stringData: values });
  learnSecret({ kind: 'Secret', metadata: { name: 'd' }, stringData: { name: 'hidden-name' } });

  expect(text(`prod-eu at https://10.0.0.1 with ${values.config} and hidden-name`)).toBe(
    `prod-eu at https://10.0.0.1 with ${HIDDEN} and ${HIDDEN}`,
  );
});

describe('masking an object', () => {
  test('gives a value of data and of stringData the same tag', () => {
    const { maskObject } = redactor();

    const data = maskObject(secret({ data: { password: base64('correct horse') } }));
    const stringData = maskObject(secret({ stringData: { password: 'correct horse' } }));

    expect(pickText(data, 'data', 'password')).toMatch(/^hidden:hmac:[0-9a-f]{32}$/);
    expect(pick(stringData, 'stringData', 'password')).toBe(pick(data, 'data', 'password'));
  });

  test('gives different values, and different keys, different tags', () => {
    const one = redactor().maskObject(secret({ data: { a: base64('one'), b: base64('two') } }));
    const other = createRedactor({ key: new Uint8Array(32).fill(8) }).maskObject(
      secret({ data: { a: base64('one') } }),
    );

    expect(pick(one, 'data', 'a')).not.toBe(pick(one, 'data', 'b'));
    expect(pick(other, 'data', 'a')).not.toBe(pick(one, 'data', 'a'));
  });

  test('leaves names, labels, key names, type and managed fields as they are', () => {
    const metadata = {
      name: 'login',
      labels: { app: 'shop' },
      managedFields: [{ fieldsV1: { 'f:data': { 'f:a': {} } } }],
    };
    const object = { apiVersion: 'v1', kind: 'Secret', metadata, type: 'Opaque', data: { a: base64('x'), b: null } };

    const masked = redactor().maskObject(object);

    expect({ ...masked, data: {} }).toEqual({ ...object, data: {} });
    expect(masked['data']).toEqual({ a: expect.stringContaining(HIDDEN_TAG), b: null });
  });

  test.each([
    ['no base64', { data: { a: 'not base64!' } }],
    ['a number', { data: { a: 4711_4711 } }],
    ['a number beyond 2^53', { data: { a: 9007199254740993n } }],
    ['a list', { stringData: { a: ['deep secret', { b: 'deeper secret' }] } }],
    ['no map', { data: 'all in one secret' }],
    ['a list instead of the map', { data: ['one secret', 'two secret'] }],
  ])('hides a value that is %s', (_what, values) => {
    const masked = JSON.stringify(redactor().maskObject(secret(values)));

    expect(masked).not.toMatch(/not base64|47114711|9007199254740993|secret"|deep/);
    expect(masked).toContain(HIDDEN_TAG);
  });

  test('masks the secrets of a list, typed or not', () => {
    const value = { metadata: { name: 'a' }, data: { a: base64('in a list') } };
    const typed = redactor().maskObject({ apiVersion: 'v1', kind: 'SecretList', items: [value] });
    const mixed = redactor().maskObject({
      apiVersion: 'v1',
      kind: 'List',
      items: [secret(value), { kind: 'ConfigMap', data: { a: 'shown' } }],
    });

    expect(JSON.stringify([typed, mixed])).not.toContain(base64('in a list'));
    expect(pick(mixed, 'items')).toEqual([expect.anything(), { kind: 'ConfigMap', data: { a: 'shown' } }]);
  });

  test('masks the last-applied copy of any kind, and learns the values of a Secret in it', () => {
    const subject = redactor();
    const applied = JSON.stringify({ stringData: { password: 'from long ago' } });
    const metadata = { annotations: { [lastApplied]: applied, shown: 'yes' } };

    const masked = subject.maskObject(secret({ metadata }));
    const other = subject.maskObject({ kind: 'PartialObjectMetadata', metadata });

    expect(JSON.stringify([masked, other])).not.toContain('long ago');
    expect(pick(masked, 'metadata', 'annotations', 'shown')).toBe('yes');
    expect(subject.text('it was from long ago')).toBe(`it was ${HIDDEN}`);
  });

  test('changes nothing the second time, and nothing of other kinds', () => {
    const subject = redactor();
    const once = subject.maskObject(secret({ data: { a: base64('value one') }, stringData: { b: 'value two' } }));
    const map = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data: { a: 'shown' } };

    expect(subject.maskObject(once)).toEqual(once);
    expect(subject.maskObject(map)).toBe(map);
  });

  test('does not touch the object it was given', () => {
    const object = secret({ data: { a: base64('untouched') } });

    redactor().maskObject(object);

    expect(object).toEqual(secret({ data: { a: base64('untouched') } }));
  });

  test('demands a key worth the name', () => {
    expect(() => createRedactor({ key: new Uint8Array(8) })).toThrow(RangeError);
  });
});

describe('masking a text', () => {
  test.each([
    ['as it is', 's3cret-pa$$/word+1', 's3cret-pa$$/word+1'],
    ['in base64', 's3cret-pa$$/word+1', base64('s3cret-pa$$/word+1')],
    ['in the base64 of something longer, at any offset', 's3cret-pa$$/word+1', base64('a:s3cret-pa$$/word+1,and more')],
    ['in a URL', 's3cret-pa$$/word+1', encodeURIComponent('s3cret-pa$$/word+1')],
    ['in a URL with small hexadecimals', 's3cret-pa$$/word+1', 's3cret-pa%24%24%2fword%2b1'],
    ['quoted in JSON', 'two\nlines "quoted" secret', 'two\\nlines \\"quoted\\" secret'],
    ['without its last line end', 'ends with a newline\n', 'ends with a newline'],
    ['by one of its lines', 'user=shop\npassword=hunter-two-hunter\n', 'password=hunter-two-hunter'],
    ['by a leaf of its JSON', '{"auths":{"r":{"password":"registry-pass"}}}', 'registry-pass'],
  ])('hides a learned value %s', (_how, value, shown) => {
    const subject = redactor();
    subject.learn(value);

    const masked = subject.text(`before ${shown} after`);

    expect(masked).not.toContain(shown);
    expect(masked).toContain(HIDDEN);
    expect(masked).toMatch(/^before .* after$/s);
  });

  test('hides the longer of two values, and both where they overlap', () => {
    const subject = redactor();
    for (const value of ['abcdef', 'abcdefgh', 'efghijkl']) subject.learn(value);

    expect(subject.text('-abcdefgh-')).toBe(`-${HIDDEN}-`);
    expect(subject.text('-abcdefghijkl-')).toBe(`-${HIDDEN}-`);
    expect(subject.text('-abcdef-efghijkl-')).toBe(`-${HIDDEN}-${HIDDEN}-`);
  });

  test('leaves short values alone, except in what is said about the Secret itself', () => {
    const subject = redactor();
    const object = secret({ stringData: { port: '5432', flag: 'true', pin: '7' } });
    subject.learnSecret(object);

    expect(subject.text('true, port 5432 opens 7 times')).toBe('true, port 5432 opens 7 times');
    expect(subject.textAbout(object, 'Invalid value: "5432", got &{7} in v17')).toBe(
      `Invalid value: "${HIDDEN}", got &{${HIDDEN}} in v17`,
    );
  });

  test('never shows the tag of a masked value', () => {
    const subject = redactor();
    const masked = subject.maskObject(secret({ data: { a: base64('tagged value') } }));

    expect(subject.text(`was ${pickText(masked, 'data', 'a')}.`)).toBe(`was ${HIDDEN}.`);
  });

  test('learns nothing from other kinds', () => {
    const subject = redactor();
    subject.learnSecret({ kind: 'ConfigMap', data: { a: 'plain configuration' } });

    expect(subject.text('plain configuration')).toBe('plain configuration');
  });

  test('forgets what was learned longest ago when it is full, and keeps what was learned again', () => {
    const subject = redactor(4000);
    subject.learn('the very first value');
    for (let count = 0; count < 200; count += 1) {
      subject.learn(`value number ${count} of many`);
      if (count % 5 === 0) subject.learn('seen again and again');
    }

    expect(subject.text('the very first value')).toBe('the very first value');
    expect(subject.text('seen again and again')).toBe(HIDDEN);
    expect(subject.text('value number 199 of many')).toBe(HIDDEN);
  });

  test('hides a huge value wholly', () => {
    const subject = redactor();
    const value = Array.from({ length: 5000 }, (_, index) => (index * 7919).toString(36)).join('');
    subject.learn(value);

    expect(subject.text(`<${value}>`)).toBe(`<${HIDDEN}>`);
    expect(subject.text(`<${base64(value)}>`)).toBe(`<${HIDDEN}>`);
  });

  test('stays fast with thousands of values that begin alike', () => {
    const subject = redactor();
    for (let index = 0; index < 3000; index += 1) subject.learn(`postgres://shop:password-${index}@db/shop`);
    const text = 'postgres://shop is where the shop lives. '.repeat(5000);

    const started = performance.now();
    subject.text(text);

    expect(performance.now() - started).toBeLessThan(2000);
  });
});

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

describe('canaries', () => {
  const canary = fc
    .string({ minLength: 6, maxLength: 300, unit: 'binary' })
    .filter((value) => value.trim().length >= 6);

  test('never come out of an object, in any place of a Secret', () => {
    fc.assert(
      fc.property(
        canary,
        fc.string(),
        fc.constantFrom('data', 'stringData', 'applied', 'list'),
        (value, name, place) => {
          const subject = redactor();
          const object = plant(value, name, place);
          const clear = [value, base64(value)].map((form) => JSON.stringify(form).slice(1, -1));

          const emitted = JSON.stringify(subject.maskObject(object));

          const innocent = JSON.stringify(plant('', name, place));
          for (const form of clear.filter((each) => !innocent.includes(each))) expect(emitted).not.toContain(form);
        },
      ),
      { numRuns: 500 },
    );
  });

  test('never come out of a text once their Secret was seen, in any spelling', () => {
    const spell = fc.constantFrom<(value: string) => string>(
      (value) => value,
      base64,
      (value) => Buffer.from(value).toString('base64url'),
      (value) => JSON.stringify(value),
      (value) => (value.isWellFormed() ? encodeURIComponent(value) : value),
      (value) => base64(`user:${value}`),
    );
    const readable = fc.string({ minLength: 12, maxLength: 80, unit: fc.constantFrom(...'abcXYZ019-_/+ "\\\n%é') });
    fc.assert(
      fc.property(readable, spell, fc.string(), fc.string(), (value, spelled, before, after) => {
        fc.pre(value.trim() === value && !before.includes(value) && !after.includes(value));
        const subject = redactor();
        subject.maskObject(secret({ data: { a: base64(value) } }));

        const emitted = subject.text(before + spelled(value) + after);

        expect(emitted).not.toContain(value);
        expect(emitted).not.toContain(base64(value));
        expect(emitted).toContain(HIDDEN);
      }),
      { numRuns: 1000 },
    );
  });
});

function plant(value: string, name: string, place: string): JsonObject {
  switch (place) {
    case 'data':
      return secret({ data: { [`k${name}`]: base64(value) } });
    case 'stringData':
      return secret({ stringData: { [`k${name}`]: value } });
    case 'applied':
      return secret({
        metadata: { annotations: { [lastApplied]: JSON.stringify({ stringData: { [name]: value } }) } },
      });
    default:
      return { kind: 'SecretList', items: [{ metadata: { name }, data: { k: base64(value) } }] };
  }
}
