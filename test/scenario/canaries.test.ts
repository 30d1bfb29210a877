import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { toYaml } from '../../src/formats/yaml/write.ts';
import { fairlead } from '../support/command-line.ts';
import { until } from '../support/until.ts';
import { findCores } from './canaries/find-cores.ts';
import { type Files, type Place, places, quotedPlaces } from './canaries/places.ts';
import { type CanaryStage, openCanaryStage } from './canaries/stage.ts';
import { type Canary, canaries, plainCanary } from './canaries/values.ts';

/** Values of one place before the pull, and as many after it. */
const each = 12;
/** Places that one pull changes. */
const batchSize = 16;
const all = [...places, ...quotedPlaces];
const planted = canaries(all.length * each * 2);
const valuesOf = (place: number, from: number): readonly string[] =>
  planted.slice((place * 2 + from) * each, (place * 2 + from + 1) * each).map(({ value }) => value);

/** Values that stand in words of people and servers, known by a Secret of the same pull. */
const spoken = Array.from({ length: 40 }, (_, index) => plainCanary(500_000 + index));
const [inTitle, inMessage, inCommand, inReason, inSettings, inRequest, ...inLogs] = spoken.map(({ core }) => core);

const filesOf = ({ files, before = files }: Place, index: number) => ({
  before: before(valuesOf(index, 0)),
  after: files(valuesOf(index, 1)),
});

const settings = `version: 1
mode: enforce
environments:
  prod:
    deploy: { on: merge }
    onFailure: { action: revert-pr }
    onDrift: { action: report }
  staging:
    onDrift: { action: report }
`;

/** The Secret by which spoken values are known. */
const spokenVault = (environment: string): Files => ({
  [`can/words/envs/${environment}/vault.yaml`]: toYaml({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'words-vault', namespace: 'shop' },
    stringData: Object.fromEntries(spoken.map(({ value }, index) => [`w${index}`, value])),
  }),
});

const crashing = toYaml({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'crash', namespace: 'shop' },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: 'crash' } },
    template: {
      metadata: { labels: { app: 'crash' } },
      spec: { containers: [{ name: 'app', image: 'registry.example/shop/checkout:2.10.0' }] },
    },
  },
});

let stage: CanaryStage;

beforeAll(async () => {
  const base: Record<string, string> = { '.fairlead.yaml': settings, ...spokenVault('prod') };
  for (const [index, place] of all.entries()) Object.assign(base, filesOf(place, index).before);
  stage = await openCanaryStage(base, inLogs);
}, 300_000);

afterAll(() => stage.close());

/** Cores of the canaries that stand in a text. */
const cores: ReadonlySet<string> = new Set([...planted, ...spoken].map(({ core }: Canary) => core));

describe('a secret value that Fairlead read in a Secret', () => {
  test('has more than 1,000 canaries in more than 40 places', () => {
    expect(planted.length).toBeGreaterThanOrEqual(1_000);
    expect(all.length + spoken.length - inLogs.length).toBeGreaterThanOrEqual(40);
    expect(cores.size).toBe(planted.length + spoken.length);
  });

  test('is found by the search in every spelling', () => {
    const { core, value } = plainCanary(7);
    const spellings = [
      value,
      Buffer.from(`x${value}y`).toString('base64'),
      Buffer.from(Buffer.from(value).toString('base64')).toString('base64'),
      Buffer.from(value).toString('hex'),
      [...value].map((letter) => `%${letter.charCodeAt(0).toString(16)}`).join(''),
      [...value].map((letter) => `\\u00${letter.charCodeAt(0).toString(16)}`).join(''),
    ];

    for (const spelled of spellings) expect(findCores(`a: "${spelled}"`, new Set([core]))).toEqual([core]);
  });

  test('comes out of no review', async () => {
    for (let first = 0; first < all.length; first += batchSize) {
      const batch = all.slice(first, first + batchSize).map((place, index) => filesOf(place, first + index).after);
      await stage.review(`places-${first}`, Object.assign({}, ...batch));
    }
    await leaksNowhere();

    const sinks = await stage.sinks();
    // They were all looked at: each is named somewhere.
    const said = Object.values(sinks).join('\n');
    expect(all.map(({ name }) => name).filter((name) => !said.includes(name))).toEqual([]);
  }, 300_000);

  test('comes out of no word of people: titles, messages, commands, settings', async () => {
    const files = {
      ...spokenVault('staging'),
      '.fairlead.yaml': settings.replace('enforce', `"${inSettings}"`),
      [`can/words/envs/staging/broken.yaml`]: 'kind: [\n',
    };
    const pull = await stage.review('words', files, `title ${inTitle}\n\nbecause ${inMessage}`);
    for (const [index, words] of [`frobnicate ${inCommand}`, `hold ${inReason}`, `pause prod ${inReason}`].entries()) {
      await stage.repository.addComment(pull, 'sre-anna', `/fairlead ${words}`);
      await until('an answer', () => (stage.repository.comments(pull).length >= (index + 1) * 2 ? true : undefined));
    }
    await stage.repository.addComment(pull, 'sre-anna', '/fairlead resume prod');

    await leaksNowhere();
  }, 120_000);

  test('comes out of no failed deploy, nor out of the pull that takes it back', async () => {
    const pull = await stage.review('crash', { 'can/words/envs/prod/crash.yaml': crashing });
    await stage.repository.mergePull(pull, { by: 'octo-dev' });
    const revert = await until(
      'the revert',
      () => stage.repository.pulls().find(({ headRef }) => headRef.startsWith('fairlead/revert-')),
      patience,
    );
    await until('the failure with its log', () =>
      stage.repository.comments(pull).find(({ body }) => body.includes('(hidden)')),
    );

    expect(revert.body).toContain('crash');
    await leaksNowhere();
  }, 240_000);

  test('comes out of no answer of the API', async () => {
    const body = { repo: 'acme/shop', environment: inRequest, trigger: 'command', actor: 'cli:octo' };
    const token = await stage.apiToken();
    const asked = ['redeployments', 'redeployments/progress', inRequest].map(async (path) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
      const answer = await fetch(`${stage.at()}/api/v1/${path}`, {
        method: 'POST',
        headers,
        body: JSON.stringify(body),
      });
      return answer.text();
    });

    const answers = (await Promise.all(asked)).join('\n');

    expect(answers).toMatch(/environment/);
    expect(findCores(answers, cores)).toEqual([]);
    await leaksNowhere();
  }, 60_000);

  test('comes out of no drift that somebody made by hand', async () => {
    const [, before = ''] = valuesOf(
      all.findIndex(({ name }) => name === 'config-map'),
      0,
    );
    await changeByHand('config-map', { data: { k0: `by hand ${before}` } });
    await stage.restart();

    await until(
      'the drift board',
      () => stage.repository.issues().find(({ body }) => body.includes('data.k0')),
      patience,
    );

    await leaksNowhere();
  }, 240_000);

  test.each(['json', 'pretty', 'md', 'html'])(
    'comes out of no review on the command line (%s)',
    async (format) => {
      const cwd = await stage.clone(all.map((place, index) => filesOf(place, index).after));

      const { stdout, stderr } = await fairlead(['review', 'main..HEAD', '--format', format], { cwd });

      expect(stdout).toContain('config-map');
      expect(findCores(stdout, cores)).toEqual([]);
      expect(findCores(stderr, cores)).toEqual([]);
    },
    120_000,
  );
});

/** Milliseconds for one thing to happen, on a machine that has much else to do. */
const patience = 180_000;

/** Every sink holds something, and no canary. */
async function leaksNowhere(): Promise<void> {
  const sinks = Object.entries(await stage.sinks());
  const found = sinks.map(([sink, text]) => [sink, findCores(text, cores)]);

  expect(Object.fromEntries(found)).toEqual(Object.fromEntries(sinks.map(([sink]) => [sink, []])));
}

async function changeByHand(name: string, change: object): Promise<void> {
  const url = `${stage.world.apiServers.staging.url}/api/v1/namespaces/shop/configmaps/${name}?fieldManager=kubectl-edit`;
  const headers = { 'content-type': 'application/merge-patch+json' };
  const answer = await fetch(url, { method: 'PATCH', headers, body: JSON.stringify(change) });

  expect(answer.status).toBe(200);
}
