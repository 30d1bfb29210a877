import { describe, expect, test } from '@jest/globals';
import { findLeaks as findAll, maxLeakText } from '../../../src/gitops/validate/find-leaks.ts';

/** What is found in files that are new. */
function findLeaks(files: readonly { readonly path: string; readonly text: string }[]): ReturnType<typeof findAll> {
  return findAll(files.map((file) => ({ ...file, before: null })));
}

/** Tokens are put together here, so that nobody's scanner takes this file for a leak. */
function token(...parts: readonly string[]): string {
  return parts.join('');
}

const letters = 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8s9T0u1V2';

const tokens: readonly (readonly [string, string])[] = [
  ['an AWS access key id', token('AKIA', 'Q7WERTYUIOPASDFG')],
  ['an AWS secret access key', token('aws_secret_access_key = ', letters.slice(0, 40))],
  ['a GitHub token', token('ghp_', letters.slice(0, 36))],
  ['a GitHub token', token('ghs_', letters.slice(0, 36))],
  ['a GitHub token', token('github_pat_', letters)],
  ['a GitLab token', token('glpat-', letters.slice(0, 20))],
  ['a Slack token', token('xoxb-', '123456789012-', letters.slice(0, 24))],
  ['a Google API key', token('AIza', letters.slice(0, 35))],
  ['an npm token', token('npm_', letters.slice(0, 36))],
  ['a Stripe key', token('sk_live_', letters.slice(0, 24))],
  ['a JSON web token', token('eyJhbGciOiJIUzI1NiJ9', '.eyJzdWIiOiIxMjM0In0', '.', letters)],
  ['a private key', token('-----BEGIN RSA ', 'PRIVATE KEY-----\n  MIIEpAIBAAKCAQEA')],
  ['a private key', token('-----BEGIN ', 'PRIVATE KEY-----\\nMIIEpAIBAAKCAQEA')],
];

describe('tokens in changed files', () => {
  test.each(tokens)('%s is found with its line, and never told', (kind, secret) => {
    const [finding, ...others] = findLeaks([{ path: 'app/values.yaml', text: `a: b\nenv:\n  value: "${secret}"\n` }]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      rule: 'leaked-token',
      severity: 'block',
      file: 'app/values.yaml',
      line: 3,
      message: `app/values.yaml holds what looks like ${kind}.`,
    });
    expect(JSON.stringify(finding)).not.toContain(secret.slice(-12));
  });

  test.each([
    token('AKIA', 'IOSFODNN7EXAMPLE'),
    token('ghp_', 'x'.repeat(36)),
    token('prefixAKIA', 'Q7WERTYUIOPASDFG'),
    token('AKIA', 'Q7WERTYUIOPASDFGH'),
    'glpat-short',
    '-----BEGIN CERTIFICATE-----\nMIIEpAIBAAKCAQEA',
    token('-----BEGIN ', 'PRIVATE KEY-----\n<your key>'),
    `registry.example/web@sha256:${'0123456789abcdef'.repeat(4)}`,
  ])('%s is none', (text) => {
    expect(findLeaks([{ path: 'a.yaml', text }])).toEqual([]);
  });

  test('a file full of tokens is told of in few findings', () => {
    const text = `${token('ghp_', letters.slice(0, 36))}\n`.repeat(50);
    const found = findLeaks([{ path: 'a', text }]);

    expect(found).toHaveLength(21);
    expect(found.at(-1)?.message).toBe('30 more tokens in this file are not listed.');
  });

  test('a text beyond the limit is searched up to it, and said to be', () => {
    const secret = token('ghp_', letters.slice(0, 36));
    const text = `${secret}\n${'a'.repeat(maxLeakText)}\n${secret}\n`;

    expect(findLeaks([{ path: 'a', text }]).map(({ rule, line }) => [rule, line])).toEqual([
      ['leaked-token', 1],
      ['leak-unchecked', null],
    ]);
  });

  test.each([
    'eyJ',
    'eyJaaaaaaaa.',
    'aws_secret_access_key ',
    '-----BEGIN PRIVATE KEY-----\\n',
    'xoxb-',
    'AKIA',
    'hooks.slack.com/services/T',
    'Secret: [',
  ])('a megabyte of %j takes no longer than any other', (part) => {
    const text = part.repeat(Math.floor(maxLeakText / part.length));
    const start = performance.now();
    findLeaks([{ path: 'a', text }]);

    expect(performance.now() - start).toBeLessThan(5_000);
  });
});

describe('secrets in clear', () => {
  const secret = (rest: string) =>
    `---\napiVersion: v1\nkind: Secret\nmetadata: {name: db, namespace: shop}\n${rest}\n`;
  const rules = (text: string) => findLeaks([{ path: 'a.yaml', text }]).map(({ rule }) => rule);

  test('are found with their keys and line, without their values', () => {
    const [finding, ...others] = findLeaks([
      { path: 'a.yaml', text: secret('data:\n  user: YWRtaW4=\nstringData:\n  password: hunter2') },
    ]);

    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      rule: 'plaintext-secret',
      severity: 'block',
      file: 'a.yaml',
      line: 6,
      message:
        'Secret shop/db: data.user, stringData.password can be read by everybody who can read this file; base64 hides nothing.',
    });
    expect(JSON.stringify(finding)).not.toMatch(/hunter2|YWRtaW4|admin/);
  });

  test.each([
    ['an empty value', 'data: {a: ""}'],
    ['no value', 'data: {a: null}'],
    ['no data', 'type: Opaque'],
    ['SOPS', 'data: {a: "ENC[AES256_GCM,data:abc=,iv:d=,tag:e=,type:str]"}\nsops: {mac: a}'],
    ['a variable', ['stringData: {a: "$', '{PASSWORD}"}'].join('')],
    ['a template', 'stringData: {a: "{{ .Values.password }}"}'],
    ['a vault path', 'stringData: {a: "<path:secret/data/db#password>"}'],
    ['a placeholder', 'stringData: {a: changeme}'],
    ['a placeholder in base64', `data: {a: ${Buffer.from('<password>').toString('base64')}}`],
    [
      'a public certificate',
      `data: {ca.crt: ${Buffer.from('-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n').toString('base64')}}`,
    ],
  ])('%s is no secret', (_title, rest) => {
    expect(rules(secret(rest))).toEqual([]);
  });

  test('SOPS that left one value open is no cover', () => {
    expect(rules(secret('data: {a: "ENC[AES256_GCM,data:a=]", b: c2VjcmV0}\nsops: {mac: a}'))).toEqual([
      'plaintext-secret',
    ]);
  });

  test.each(['SealedSecret', 'ExternalSecret', 'ConfigMap'])('a %s is none', (kind) => {
    expect(rules(secret('data: {a: c2VjcmV0}').replace('Secret', kind))).toEqual([]);
  });

  test('one inside a List is found', () => {
    const list =
      'apiVersion: v1\nkind: List\nitems:\n- apiVersion: v1\n  kind: Secret\n  metadata: {name: a}\n  stringData: {a: secret1}\n';

    expect(rules(list)).toEqual(['plaintext-secret']);
  });

  test('a literal in a Helm template is found with its line', () => {
    const text = `{{- if .Values.db.enabled }}
apiVersion: v1
kind: Secret
metadata:
  name: {{ include "web.fullname" . }}-db
  labels:
    {{- include "web.labels" . | nindent 4 }}
stringData:
  user: {{ .Values.db.user | quote }}
  url: "postgres://{{ .Values.db.user }}@db"
  {{- /* until the vault
         is there */}}
  password: hunter22
{{- end }}
`;
    const found = findLeaks([{ path: 'chart/templates/db.yaml', text }]);

    expect(found.map(({ rule, severity, line }) => [rule, severity, line])).toEqual([
      ['plaintext-secret', 'block', 13],
    ]);
    expect(found[0]?.message).toContain(': stringData.password can be read');
  });

  test('a template that is no YAML is searched for tokens all the same', () => {
    const text = `kind: Secret\n{{- if .Values.a }}\nx: ${token('ghp_', letters.slice(0, 36))}\n{{- end }}\n`;

    expect(rules(text)).toEqual(['leaked-token']);
  });
});

describe('literals of a secretGenerator', () => {
  const kustomization = (literals: string) =>
    `resources: [app.yaml]\nsecretGenerator:\n  - name: db\n    literals:\n${literals}`;
  const search = (text: string, path = 'apps/kustomization.yaml') => findLeaks([{ path, text }]);

  test('are found with their names and line, without their values', () => {
    const found = search(kustomization('      - user=$(USER)\n      - password=hunter22\n      - "pin=1234"\n'));

    expect(found).toMatchObject([
      {
        rule: 'plaintext-secret',
        severity: 'block',
        resource: null,
        file: 'apps/kustomization.yaml',
        line: 6,
        message:
          'secretGenerator db: literals.password, literals.pin can be read by everybody who can read this file; base64 hides nothing.',
      },
    ]);
    expect(JSON.stringify(found)).not.toMatch(/hunter22|1234/);
  });

  test('are told apart by their values', () => {
    const [text, before] = [
      kustomization('      - a=one\n      - b=new\n'),
      kustomization('      - a=one\n      - b=old\n'),
    ];
    const found = findAll([{ path: 'kustomization.yml', text, before }]);

    expect(found.map(({ severity, line }) => [severity, line])).toEqual([
      ['block', 6],
      ['note', 5],
    ]);
  });

  test('are of no interest elsewhere, and in a configMapGenerator', () => {
    expect(search(kustomization('      - a=one\n'), 'values.yaml')).toEqual([]);
    expect(search(kustomization('      - a=one\n').replace('secretGenerator', 'configMapGenerator'))).toEqual([]);
  });

  test('are not asked of a kustomization that is broken', () => {
    expect(search('secretGenerator: [{literals: 1}, a, {name: {}, literals: [1, b]}]\n')).toEqual([]);
    expect(search('secretGenerator: [\n')).toEqual([]);
  });
});
