import { afterAll, describe, expect, test } from '@jest/globals';
import { leaksIn } from '../../../src/features/review/leaks.ts';
import { createValidator } from '../../../src/gitops/validate/validate-resources.ts';
import { memoryTree } from '../../support/memory-tree.ts';

const { signal } = new AbortController();
const validator = createValidator({ size: 1, deadlineMs: 20_000 });
afterAll(() => validator.close());

const path = 'apps/web/values.yaml';

/** Put together here, so that nobody's scanner takes this file for a leak. */
const token = (last: string): string => ['ghp_', 'a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R', last].join('');

const secret = (data: Readonly<Record<string, string>>, name = 'db'): string =>
  `${JSON.stringify({ apiVersion: 'v1', kind: 'Secret', metadata: { name }, stringData: data })}\n`;

async function found(base: string | null, head: string): Promise<readonly string[]> {
  const trees = { base: memoryTree(base === null ? {} : { [path]: base }), head: memoryTree({ [path]: head }) };
  const findings = await leaksIn([path], trees, { tools: validator, signal });
  return findings.map(({ severity, line, message }) => `${severity} ${line} ${message}`);
}

describe('leaks of a pull', () => {
  test('a new token is a blocker beside one that the file held before', async () => {
    const old = `old: ${token('1')}\n`;

    expect(await found(old, `new: ${token('2')}\n${old}`)).toEqual([
      `block 1 ${path} holds what looks like a GitHub token.`,
      `note 2 ${path} holds what looks like a GitHub token. (so before this change)`,
    ]);
  });

  test('a token that takes the place of another is a blocker', async () => {
    expect(await found(`a: ${token('1')}\n`, `a: ${token('2')}\n`)).toEqual([
      `block 1 ${path} holds what looks like a GitHub token.`,
    ]);
  });

  test('private keys that begin alike are told apart', async () => {
    const key = (body: string): string =>
      ['-----BEGIN ', 'PRIVATE KEY-----\nMIIEvQIBADANBgkq\n', body, '\n-----END ', 'PRIVATE KEY-----\n'].join('');

    expect(await found(key('hkiG9w0B'), key('AQEFAASC'))).toEqual([
      `block 1 ${path} holds what looks like a private key.`,
    ]);
    expect(await found(key('hkiG9w0B'), `# moved\n${key('hkiG9w0B')}`)).toEqual([
      `note 2 ${path} holds what looks like a private key. (so before this change)`,
    ]);
  });

  test('many old tokens do not hide a new one', async () => {
    const old = Array.from(
      { length: 30 },
      (_, index) => `${token(String.fromCharCode(97 + (index % 26)) + index)}\n`,
    ).join('');

    expect((await found(old, `${old}${token('Z99')}\n`))[0]).toBe(
      `block 31 ${path} holds what looks like a GitHub token.`,
    );
  });

  test('a value of a Secret that is replaced is a blocker, its other values are notes', async () => {
    const rest = 'can be read by everybody who can read this file; base64 hides nothing.';

    expect(await found(secret({ user: 'ann', password: 'one' }), secret({ user: 'ann', password: 'two' }))).toEqual([
      `block 1 Secret db: stringData.password ${rest}`,
      `note 1 Secret db: stringData.user ${rest} (so before this change)`,
    ]);
  });

  test('another Secret with the value of an old one is new', async () => {
    const findings = await found(
      secret({ password: 'one' }),
      `${secret({ password: 'one' })}---\n${secret({ password: 'one' }, 'cache')}`,
    );

    expect(findings.map((text) => text.slice(0, 36))).toEqual([
      'block 3 Secret cache: stringData.pas',
      'note 1 Secret db: stringData.passwor',
    ]);
  });

  test('every one of many files is searched', async () => {
    const files = Object.fromEntries(
      Array.from({ length: 300 }, (_, index) => [`${index}.yaml`, `a: ${token('1')}\n`]),
    );
    const trees = { base: memoryTree({}), head: memoryTree(files) };
    const findings = await leaksIn(Object.keys(files), trees, { tools: validator, signal });

    expect(new Set(findings.map(({ file }) => file)).size).toBe(300);
  });

  test('a file that is too large to be searched is said to be', async () => {
    const large = memoryTree({ 'big.yaml': new Uint8Array(4 * 1024 * 1024 + 1), 'small.yaml': 'a: b\n' });
    const trees = { base: memoryTree({}), head: large };
    const findings = await leaksIn(['big.yaml', 'small.yaml'], trees, { tools: validator, signal });

    expect(findings).toMatchObject([
      {
        rule: 'leak-unchecked',
        severity: 'caution',
        file: 'big.yaml',
        message: 'big.yaml was not searched for secrets: it is larger than 4 MiB.',
      },
    ]);
  });

  test('a search that is killed is said, with its files', async () => {
    const hurried = createValidator({ size: 1, deadlineMs: 1 });
    const trees = { base: memoryTree({}), head: memoryTree({ [path]: 'Secret: ['.repeat(100_000) }) };
    const findings = await leaksIn([path], trees, { tools: hurried, signal });
    await hurried.close();

    expect(findings).toMatchObject([{ rule: 'leak-unchecked', severity: 'caution', file: path }]);
    expect(findings[0]?.message).toBe(
      `The search for secrets in ${path} did not finish: A task did not finish within 1 ms.`,
    );
  });

  test('no finding holds a value', async () => {
    const trees = {
      base: memoryTree({}),
      head: memoryTree({ [path]: `${secret({ password: 'hunter22' })}---\na: ${token('1')}\n` }),
    };
    const findings = await leaksIn([path], trees, { tools: validator, signal });

    expect(findings).toHaveLength(2);
    expect(JSON.stringify(findings)).not.toMatch(/hunter22|a1B2c3D4/);
  });
});
