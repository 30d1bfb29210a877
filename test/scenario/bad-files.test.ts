import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { readPage } from '../gitops/report/html/read-page.ts';
import { expectSound } from '../support/calm.ts';
import { buildingModules, fairlead, modulesBuilt, type Run } from '../support/command-line.ts';
import { allNodes, faultsOf, parseMarkdown } from '../support/markdown-shape.ts';
import { type Contents, configMap, pullRepository, traces } from '../support/pull-repository.ts';
import { type ReviewJson, readReview } from '../support/review-schema.ts';
import type { TemporaryRepository } from '../world/git/temporary-repository.ts';
import type { BadFile } from './bad-files/bad-file.ts';
import { gitFiles, yamlFiles } from './bad-files/files.ts';
import { charts, kustomizations, texts } from './bad-files/renders.ts';

const memory = mkdtempSync(join(tmpdir(), 'fairlead-test-memory-'));
const made: TemporaryRepository[] = [];
beforeAll(modulesBuilt, buildingModules);
afterAll(() => {
  for (const repository of made) repository.remove();
  rmSync(memory, { recursive: true });
});

/** One pull that adds all the folders, and a sound one. */
function pullOf(all: readonly BadFile[]): TemporaryRepository {
  const under = (folder: string, files: Contents = {}): Contents =>
    Object.fromEntries(Object.entries(files).map(([path, content]) => [`${folder}/${path}`, content]));
  const join = (part: 'base' | 'files'): Contents =>
    Object.assign({}, ...all.map((one) => under(`bad/${one.folder}`, one[part])));
  const repository = pullRepository(
    { 'README.md': '', ...join('base') },
    { ...join('files'), 'good/a.yaml': configMap('good') },
  );
  made.push(repository);
  return repository;
}

const preload = resolve(import.meta.dirname, '../support/peak-memory.mjs');
const peak = (name: string): string => join(memory, name);
const review = (repository: TemporaryRepository, name: string, format: string): Promise<Run> =>
  fairlead(['review', '--format', format], {
    cwd: repository.path,
    env: { NODE_OPTIONS: `--import=${preload}`, PEAK_MEMORY: peak(name) },
  });

describe.each([
  // MiB: the review may hold 512, with Helm 768.
  { name: 'links, names and what is Git’s', all: gitFiles, most: 512 },
  { name: 'YAML', all: yamlFiles, most: 512 },
  { name: 'charts', all: charts, most: 768 },
  { name: 'kustomizations', all: kustomizations, most: 512 },
  { name: 'texts', all: texts, most: 512 },
])('a review of a pull full of bad $name', ({ name, all, most }) => {
  let seen: ReviewJson;
  beforeAll(async () => {
    const repository = pullOf(all);
    const before = traces(repository);

    const run = await review(repository, name, 'json');

    expectSound(run);
    expect(run.stderr).toBe('');
    expect(run.code).toBe(all.some(({ fails }) => fails) && !all.some(blocks) ? 3 : all.some(blocks) ? 1 : 0);
    expect(traces(repository)).toBe(before);
    seen = readReview(run.stdout);
  }, 120_000);

  test.each(all.map((one) => ({ ...one, title: JSON.stringify(one.folder) })))(
    '$item $title',
    ({ folder, says = [], fails = false, shows = [] }) => {
      const target = seen.targets.find(({ application }) => application === `bad/${folder}`);
      const findings = seen.findings.filter(({ file }) => file?.startsWith(`bad/${folder}/`));
      const told = findings.map(({ severity, rule, file, line, message }) =>
        `${severity} ${rule} ${line === null ? file : `${file}:${line}`} ${message}`.replaceAll('\n', ' '),
      );
      const changes = seen.changes.filter((change) => change.target === target?.id);

      expect(target?.error === null).toBe(!fails);
      expect(changes.map(({ action, resource }) => `${action} ${resource.kind} ${resource.name}`).sort()).toEqual(
        shows,
      );
      expect([...told].sort()).toEqual(says.map((one) => expect.stringMatching(one)));
    },
  );

  test('hides nothing of what is sound', () => {
    expect(seen.changes).toContainEqual(expect.objectContaining({ action: 'create', target: 'good' }));
  });

  test(`holds at most ${most} MiB`, () => {
    const kibibytes = readFileSync(peak(name), 'utf8').trim().split('\n').map(Number);

    expect(Math.max(...kibibytes) / 1024).toBeLessThan(most);
  });
});

describe('no text of a bad file comes to life', () => {
  const everything = [...gitFiles, ...charts.filter(({ folder }) => folder === 'fail-text'), ...texts];
  const repository = pullOf(everything);

  test('in a comment: no link, no picture, no mention, no command, no comment of HTML', async () => {
    const run = await review(repository, 'comment', 'md');

    expectSound(run);
    const nodes = allNodes(parseMarkdown(run.stdout));
    expect(faultsOf(run.stdout.replace(/^<!-- fairlead:[^>]*-->\n/, ''), 65_536)).toEqual([]);
    expect(
      nodes.filter(({ type }) => ['link', 'linkReference', 'image', 'imageReference', 'definition'].includes(type)),
    ).toEqual([]);
    expect(run.stdout).not.toMatch(/[\u202e\u200b\u001b]/);
  }, 120_000);

  test('in a page: it is well-formed, and has no element a harmless one has not', async () => {
    const run = await review(repository, 'page', 'html');

    expectSound(run);
    const names = new Set(readPage(run.stdout).tags.map(({ name }) => name));
    for (const name of ['img', 'svg', 'iframe', 'object', 'form', 'link', 'base']) expect(names).not.toContain(name);
    expect(run.stdout).not.toMatch(/[\u202e\u200b\u001b]/);
  }, 120_000);

  test('in a terminal: no control character, and each line is ours', async () => {
    const run = await review(repository, 'terminal', 'pretty');

    expectSound(run);
    expect(run.stdout).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f\u202e\u200b]/);
    expect(run.stdout).toContain('bad/new\\u000aline');
    expect(run.stdout.split('\n').filter((line) => line.startsWith('/merge'))).toEqual([]);
  }, 120_000);
});

function blocks({ says = [] }: BadFile): boolean {
  return says.some(({ source }) => source.startsWith('^block'));
}
