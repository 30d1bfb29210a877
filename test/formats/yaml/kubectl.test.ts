import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { canonicalJson, parseJson } from '../../../src/formats/json.ts';
import { decodeManifests } from '../../../src/formats/yaml/decode.ts';
import { FairleadError } from '../../../src/model/error.ts';
import { isJsonObject, type Json, type JsonObject, pickText } from '../../../src/model/json.ts';
import { realBinary } from '../../control-plane/binaries.ts';
import { type Case, kubectlCases } from './kubectl-cases.ts';

/** Texts that kubectl reads and we refuse, each on purpose: the parser is stricter and nothing is guessed. */
const stricter: ReadonlyMap<string, string> = new Map([
  ['v: {k: !null, x: 1}', 'kubectl takes the comma into the tag'],
  ['\nstray: 1', 'kubectl drops what stands left of the first key, without a word'],
  ['v: "a\u2028b"', 'kubectl takes it for a line end, editors do not'],
  ['v: [?a]', 'kubectl takes it for a key without a value'],
  ['{!!str a:}', 'kubectl takes the colon into the key'],
  ['v: 1\r---', 'kubectl drops what follows, without a word'],
  ['v: 1\r# remark', 'kubectl takes it for a line end, here too'],
  ['},\u2028"v":"a"', 'the same, where JSON allows no such letter'],
]);

describe('decodeManifests equals kubectl', () => {
  const cases = kubectlCases();
  let folder = '';
  let answer: Answer = { objects: new Map(), refused: new Set() };

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'fairlead-kubectl-'));
    await Promise.all(cases.map(({ name, text }) => writeFile(join(folder, `${name}.yaml`), text)));
    answer = await askKubectl(await realBinary('kubectl'), folder);
  }, 600_000);

  afterAll(() => rm(folder, { recursive: true, force: true }));

  test('for more than 200 files, of which kubectl refuses some', () => {
    expect(cases.length).toBeGreaterThan(200);
    expect(answer.refused.size).toBeGreaterThan(20);
    expect(answer.objects.size).toBeGreaterThan(200);
  });

  test.each(cases.map((one): [string, Case] => [title(one), one]))('%s', (_title, one) => {
    const ours = decode(one);

    if (answer.refused.has(one.name) || isStricter(one)) expect(ours).toBe('refused');
    else expect(ours).toEqual(answer.objects.get(one.name) ?? []);
  });
});

function title({ name, text }: Case): string {
  const shown = typeof text === 'string' ? text.slice(text.indexOf('own: "1"}') + 9) : 'bytes';
  return `${name} ${JSON.stringify(shown.slice(0, 60))}`;
}

function isStricter({ text }: Case): boolean {
  return typeof text === 'string' && [...stricter.keys()].some((part) => text.includes(part));
}

/** One canonical line per object, or that the file was refused. */
function decode({ name, text }: Case): readonly string[] | 'refused' {
  try {
    const { resources } = decodeManifests({ file: name, bytes: Buffer.from(text) });
    return resources.map(({ object }) => canonicalJson(object));
  } catch (error) {
    if (error instanceof FairleadError && error.code === 'decode-failed') return 'refused';
    throw error;
  }
}

interface Answer {
  /** By case name. */
  readonly objects: Map<string, string[]>;
  readonly refused: Set<string>;
}

/** One process for all files: `label --local` prints every object it read, unknown kinds too, and asks no server. */
async function askKubectl(kubectl: string, folder: string): Promise<Answer> {
  const args = ['label', '--local', '-f', folder, '-o', 'json', 'asked=yes'];
  const { stdout, stderr } = await run(kubectl, args);
  const refused = new Set([...stderr.matchAll(/\/(c\d+)\.yaml/g)].map((match) => match[1] ?? ''));
  const objects = new Map<string, string[]>();
  for (const text of stdout.split(/^(?=\{)/m).filter((part) => part.trim() !== '')) {
    const object = withoutLabel(parseJson(text));
    const name = (pickText(object, 'metadata', 'name') ?? '').replace(/-[bc]$/, '');
    objects.set(name, [...(objects.get(name) ?? []), canonicalJson(object)]);
  }
  return { objects, refused };
}

function withoutLabel(value: Json): JsonObject {
  if (!isJsonObject(value) || !isJsonObject(value['metadata'])) throw new Error('kubectl printed no object');
  const { labels, ...metadata } = value['metadata'];
  if (!isJsonObject(labels)) throw new Error('kubectl printed no labels');
  const { asked: _, ...own } = labels;
  return { ...value, metadata: { ...metadata, labels: own } };
}

/** kubectl fails when it refuses any file: its output counts all the same. */
function run(command: string, args: readonly string[]): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    const env = { PATH: process.env['PATH'], HOME: '/nonexistent', KUBECONFIG: '/dev/null' };
    execFile(command, [...args], { env, maxBuffer: 64 * 1024 * 1024, timeout: 60_000 }, (error, stdout, stderr) => {
      if (error !== null && typeof error.code !== 'number') reject(error);
      else resolve({ stdout, stderr });
    });
  });
}
