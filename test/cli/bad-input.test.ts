import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { expectCalm } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt } from '../support/command-line.ts';
import { type Contents, chartYaml, configMap, pullRepository, traces } from '../support/pull-repository.ts';

interface Reading {
  readonly verdict: string;
  readonly findings: readonly {
    readonly rule: string;
    readonly file: string | null;
    readonly line: number | null;
    readonly message: string;
    readonly fix: string | null;
  }[];
  readonly targets: readonly { readonly error: string | null }[];
  readonly coverage: { readonly rendered: number; readonly unownedFiles: readonly string[] };
}

interface Case {
  readonly what: string;
  readonly files: Contents;
  readonly rule: string;
  /** `file` or `file:line`. */
  readonly where: string;
  readonly says: RegExp;
}

const password = { link: '/etc/passwd' };
const nine = (item: string): string => `[${Array.from({ length: 9 }, () => item).join(', ')}]`;
const aliases = Array.from(
  { length: 9 },
  (_, level) => `a${level}: &a${level} ${nine(level === 0 ? 'x' : `*a${level - 1}`)}\n`,
);
const kustomization = (resource: string): string => `resources:\n- ${resource}\n`;

const cases: readonly Case[] = [
  {
    what: 'an alias bomb',
    files: { 'apps/a.yaml': configMap('bomb') + aliases.join('') },
    rule: 'decode-failed',
    where: 'apps/a.yaml:13',
    says: /too many values once aliases are written out; the limit is [\d,]+$/,
  },
  {
    what: 'a file of 64 MiB',
    files: { 'apps/a.yaml': configMap('large') + '#'.repeat(64 * 1024 * 1024) },
    rule: 'file-too-large',
    where: 'apps/a.yaml',
    says: /has 671\d{5} bytes; the limit is \d+\.$/,
  },
  {
    what: '5,000 lists inside each other',
    files: { 'apps/a.yaml': `${configMap('deep')}deep: ${'['.repeat(5_000)}${']'.repeat(5_000)}\n` },
    rule: 'decode-failed',
    where: 'apps/a.yaml:7',
    says: /collections are nested too deep; the limit is 100$/,
  },
  {
    what: '5,000 keys inside each other',
    files: {
      'apps/a.yaml': `${configMap('deep')}deep:\n${Array.from({ length: 5_000 }, (_, depth) => `${' '.repeat(depth + 1)}a:\n`).join('')}`,
    },
    rule: 'decode-failed',
    where: 'apps/a.yaml:107',
    says: /collections are nested too deep; the limit is 100$/,
  },
  {
    what: 'broken YAML',
    files: { 'apps/a.yaml': `${configMap('broken')}  bad:\n bad2: [\n` },
    rule: 'decode-failed',
    where: 'apps/a.yaml:8',
    says: /no YAML: bad indentation/,
  },
  {
    what: 'a NUL byte in a manifest',
    files: { 'apps/a.yaml': `${configMap('nul')}# \0\n` },
    rule: 'decode-failed',
    where: 'apps/a.yaml:7',
    says: /a NUL byte is no YAML$/,
  },
  {
    what: 'a link to /etc/passwd among the manifests',
    files: { 'apps/a.yaml': configMap('a'), 'apps/b.yaml': password },
    rule: 'refused',
    where: 'apps/b.yaml',
    says: /apps\/b\.yaml is a link that leads out of the repository or does not end\.$/,
  },
  {
    what: 'a link to /etc/passwd as a kustomize resource',
    files: { 'k/evil.yaml': password, 'k/kustomization.yaml': kustomization('evil.yaml') },
    rule: 'refused',
    where: 'k/kustomization.yaml:2',
    says: /names evil\.yaml, which is reached through a link/,
  },
  {
    what: 'a kustomize resource outside the repository',
    files: { 'k/kustomization.yaml': kustomization('../../../../etc/passwd') },
    rule: 'refused',
    where: 'k/kustomization.yaml:2',
    says: /names .*etc\/passwd, which is outside the repository\.$/,
  },
  {
    what: 'a link to /etc/passwd as a template',
    files: { 'charts/shop/Chart.yaml': chartYaml, 'charts/shop/templates/a.yaml': password },
    rule: 'refused',
    where: 'charts/shop/templates/a.yaml',
    says: /is a link that leads out of the repository or does not end\.$/,
  },
  {
    what: 'a link to /etc/passwd as a values file',
    files: {
      'charts/shop/Chart.yaml': chartYaml,
      'charts/shop/values.yaml': password,
      'charts/shop/templates/a.yaml': configMap('a'),
    },
    rule: 'refused',
    where: 'charts/shop/values.yaml',
    says: /is a link that leads out of the repository or does not end\.$/,
  },
  {
    what: 'a range that fills the memory',
    files: {
      'charts/shop/Chart.yaml': chartYaml,
      'charts/shop/templates/a.yaml': '{{- range until 1000000000 }}\n# {{ . }}\n{{- end }}\n',
    },
    // Which bound is met first depends on the machine.
    rule: 'render-(?:memory|timeout)',
    where: 'charts/shop',
    says: /Rendering charts\/shop (?:needed more than 512 MiB|did not finish within \d+ ms) and was stopped\.$/,
  },
  {
    what: 'a range without an end',
    files: {
      'charts/shop/Chart.yaml': chartYaml,
      'charts/shop/templates/a.yaml':
        '{{- range until 100000 }}{{- range until 100000 }}{{ $x := add . 1 }}{{- end }}{{- end }}\n',
    },
    rule: 'render-timeout',
    where: 'charts/shop',
    says: /Rendering charts\/shop did not finish within \d+ ms and was stopped\.$/,
  },
  {
    what: 'a template that includes itself',
    files: {
      'charts/shop/Chart.yaml': chartYaml,
      'charts/shop/templates/a.yaml': '{{- define "x" }}{{ include "x" . }}{{ end }}{{ include "x" . }}\n',
    },
    rule: 'render-(?:failed|timeout)',
    where: 'charts/shop(?:/templates/a.yaml:1)?',
    says: /nested reference name: x|did not finish within/,
  },
  {
    what: 'a remote kustomize base',
    files: { 'k/kustomization.yaml': kustomization('https://example.com/org/repo//base?ref=v1') },
    rule: 'source-not-allowed',
    where: 'k/kustomization.yaml:2',
    says: /needs https:\/\/example\.com\/org\/repo.*: example\.com is not among the hosts this server may fetch from\.$/,
  },
  {
    what: 'a chart dependency that is not vendored',
    files: {
      'charts/shop/Chart.yaml': `${chartYaml}dependencies:\n- {name: redis, version: 1.2.3, repository: "https://charts.example.com"}\n`,
      'charts/shop/templates/a.yaml': configMap('a'),
    },
    rule: 'source-not-allowed',
    where: 'charts/shop/Chart.yaml:\\d+',
    says: /needs the chart redis 1\.2\.3 of https:\/\/charts\.example\.com: charts\.example\.com is not among the hosts/,
  },
  {
    what: 'a binary file as a kustomize resource',
    files: { 'k/kustomization.yaml': kustomization('a.yaml'), 'k/a.yaml': Uint8Array.of(0, 1, 255, 254, 0, 10) },
    rule: '(?:render|decode)-failed',
    where: 'k.*',
    says: /k\/a\.yaml|a\.yaml/,
  },
];

const times: string[] = [];
beforeAll(modulesBuilt, buildingModules);
afterAll(() => {
  process.stdout.write(`${times.join('\n')}\n`);
});

describe('fairlead review of a pull that adds', () => {
  test.each(cases)('$what is incomplete with one finding that says what, where and what to do', async (each) => {
    const repository = pullRepository({ 'README.md': '' }, each.files);
    const before = traces(repository);

    const run = await fairlead(['review', 'main..change', '--format', 'json'], { cwd: repository.path });

    times.push(`${Math.round(run.milliseconds)} ms  ${each.what}`);
    expectCalm(run);
    expect(traces(repository)).toBe(before);
    expect(run.code).toBe(3);
    expect(run.stderr).toBe('');
    const review = JSON.parse(run.stdout) as Reading;
    expect(review).toMatchObject({ verdict: 'incomplete', coverage: { rendered: 0 } });
    expect(review.findings).toEqual([expect.objectContaining({ rule: expect.stringMatching(`^${each.rule}$`) })]);
    const { file, line, message, fix } = review.findings[0] ?? fail();
    expect(line === null ? file : `${file}:${line}`).toMatch(new RegExp(`^${each.where}$`));
    expect(message).toMatch(each.says);
    expect(message.length).toBeLessThan(2_200);
    expect(fix).toMatch(/^[A-Z].*[.;:]/);
    expect(review.targets).toEqual([expect.objectContaining({ error: message })]);
    repository.remove();
  });

  test('3,000 manifests shows all of them', async () => {
    const names = Array.from({ length: 3_000 }, (_, index) => `item-${index}`);
    const files = Object.fromEntries(names.map((name) => [`apps/${name}.yaml`, configMap(name)]));
    const repository = pullRepository({ 'README.md': '' }, files);

    const run = await fairlead(['review', '--format', 'json'], { cwd: repository.path });

    times.push(`${Math.round(run.milliseconds)} ms  3,000 manifests`);
    expectCalm(run);
    expect(run.code).toBe(0);
    expect((JSON.parse(run.stdout) as { readonly changes: readonly unknown[] }).changes).toHaveLength(3_000);
    repository.remove();
  });

  test('a binary file where nothing else is lists it as nobody’s', async () => {
    const repository = pullRepository({ 'README.md': '' }, { 'apps/a.yaml': Uint8Array.of(0, 1, 255, 254, 0, 10) });

    const run = await fairlead(['review'], { cwd: repository.path });

    expectCalm(run);
    expect(run.stdout).toContain('1 changed file no application owns: apps/a.yaml');
    repository.remove();
  });
});

function fail(): never {
  throw new Error('there is no finding');
}
