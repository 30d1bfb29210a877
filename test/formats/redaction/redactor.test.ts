import { describe, expect, test } from '@jest/globals';
import { pickText } from '../../../src/model/json.ts';
import { HIDDEN } from '../../../src/model/redacted.ts';
import { base64, redactor, secret } from './redacting.ts';

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

describe('masking a text', () => {
  test.each([
    ['as it is', 's3cret-pa$$/word+1', 's3cret-pa$$/word+1'],
    ['in base64', 's3cret-pa$$/word+1', base64('s3cret-pa$$/word+1')],
    ['in the base64 of something longer, at any offset', 's3cret-pa$$/word+1', base64('a:s3cret-pa$$/word+1,and more')],
    ['in a URL', 's3cret-pa$$/word+1', encodeURIComponent('s3cret-pa$$/word+1')],
    ['in a URL with small hexadecimals', 's3cret-pa$$/word+1', 's3cret-pa%24%24%2fword%2b1'],
    ['quoted in JSON', 'two\nlines "quoted" secret', 'two\\nlines \\"quoted\\" secret'],
    ['quoted in JSON as Go writes it', 'a<b>&c secret', 'a\\u003cb\\u003e\\u0026c secret'],
    ['quoted in JSON without other letters', 'geheim-ß-ü', 'geheim-\\u00df-\\u00fc'],
    ['quoted in JSON in JSON', 'say "open sesame"', 'say \\\\\\"open sesame\\\\\\"'],
    ['in a form', 'open sesame!', 'open+sesame%21'],
    ['in hexadecimals', 'open sesame', Buffer.from('open sesame').toString('hex')],
    ['in large hexadecimals', 'open:sesame', Buffer.from('open:sesame').toString('hex').toUpperCase()],
    ['in HTML', `open<'&"sesame`, 'open&lt;&#39;&amp;&quot;sesame'],
    ['in HTML with numbers', `open'"sesame`, 'open&#39;&#34;sesame'],
    ['in single quotes of YAML', "open 'sesame'", "open ''sesame''"],
    ['in single quotes of a shell', "open 'sesame'", "open '\\''sesame'\\''"],
    ['as Go quotes it', 'open\u0007\u200b"sesame"', 'open\\a\\u200b\\"sesame\\"'],
    ['as YAML quotes it', 'open\u0007\u200b\u0001"sesame"', 'open\\a\u200b\\x01\\"sesame\\"'],
    ['in base64 of base64', 'open sesame', base64(base64('open sesame'))],
    ['in base64 in a URL', 'open?>sesame~~', encodeURIComponent(base64('open?>sesame~~'))],
    ['in broken lines of base64', 'x1y2z3'.repeat(30), base64('x1y2z3'.repeat(30)).slice(64, 128)],
    ['in few letters of many bytes', '秘密鍵', '秘密鍵'],
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

  test.each([
    ['in base64 at another offset', (bytes: Buffer) => Buffer.concat([Buffer.from('x'), bytes]).toString('base64')],
    ['in hexadecimals', (bytes: Buffer) => bytes.toString('hex')],
    ['taken for text', (bytes: Buffer) => bytes.toString('utf8')],
    ['taken for Latin text', (bytes: Buffer) => bytes.toString('latin1')],
  ])('hides bytes that are no text %s', (_how, shown) => {
    const subject = redactor();
    const bytes = Buffer.from('ff00fe8081c3289f92aabbccddeeff10', 'hex');
    subject.learnSecret(secret({ data: { a: bytes.toString('base64') } }));

    const masked = subject.text(`<${shown(bytes)}>`);

    expect(masked).toContain(HIDDEN);
    expect(masked.length).toBeLessThan(HIDDEN.length + 12);
  });

  test.each(['1234567', '--------', '        ', '\n\n\n\n\n\n\n\n\n'])('takes %j for no search term', (value) => {
    const subject = redactor();
    subject.learn(value);

    expect(subject.text(`| ${value} |`)).toBe(`| ${value} |`);
  });

  test.each([
    ['of another case', { kind: 'secret', stringData: { a: 'open sesame' } }],
    [
      'in a list of lists',
      { kind: 'List', items: [{ kind: 'SecretList', items: [{ stringData: { a: 'open sesame' } }] }] },
    ],
    [
      'that kapp keeps a copy of',
      {
        kind: 'Secret',
        metadata: { annotations: { 'kapp.k14s.io/original': JSON.stringify({ stringData: { a: 'open sesame' } }) } },
      },
    ],
  ])('learns from a Secret %s, and masks it', (_how, object) => {
    const subject = redactor();

    const masked = subject.maskObject(object);

    expect(JSON.stringify(masked)).not.toContain('open sesame');
    expect(subject.text('open sesame')).toBe(HIDDEN);
  });

  test('hides the longer of two values, and both where they overlap', () => {
    const subject = redactor();
    for (const value of ['abcdefgh', 'abcdefghij', 'efghijklmn']) subject.learn(value);

    expect(subject.text('-abcdefghij-')).toBe(`-${HIDDEN}-`);
    expect(subject.text('-abcdefghijklmn-')).toBe(`-${HIDDEN}-`);
    expect(subject.text('-abcdefgh-efghijklmn-')).toBe(`-${HIDDEN}-${HIDDEN}-`);
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
});
