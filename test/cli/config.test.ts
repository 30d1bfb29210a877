import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Command } from 'commander';
import { addConfig } from '../../src/cli/config.ts';
import type { CommandContext } from '../../src/cli/context.ts';
import { serviceOptions } from '../../src/cli/context.ts';

let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'fairlead-test-config-'));
  mkdirSync(join(folder, '.git'));
  mkdirSync(join(folder, 'apps/web'), { recursive: true });
});

afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Outcome {
  readonly out: string;
  readonly code: number;
}

/** Runs `fairlead config ARGS` in a folder. */
async function config(args: readonly string[], cwd = folder): Promise<Outcome> {
  let [out, code] = ['', 0];
  const environment = { INIT_CWD: cwd, HOME: folder };
  const print = (text: string): void => {
    out += text;
  };
  const terminal = { out: print, err: print, progress: () => {}, paint: plain };
  const refuse = (): Promise<never> => Promise.reject(new Error('config needs no services'));
  const context: CommandContext = {
    environment,
    terminal,
    manifest: print,
    services: refuse,
    createServices: refuse,
    engineNames: async () => ['apply', 'argocd', 'flux'],
    options: serviceOptions(environment, terminal),
    signal: AbortSignal.timeout(30_000),
    exit: (value) => {
      code = value;
    },
  };
  const program = new Command('fairlead').exitOverride();
  addConfig(program, context, async () => ['apply', 'flux']);
  await program.parseAsync(['config', ...args], { from: 'user' });
  return { out, code };
}

const plain = (_colour: unknown, text: string): string => text;

const write = (text: string, name = '.fairlead.yaml'): void => writeFileSync(join(folder, name), text);

describe('fairlead config check', () => {
  test('says that a file is valid', async () => {
    write('version: 1\n');

    expect(await config(['check'])).toEqual({ out: '.fairlead.yaml is valid\n', code: 0 });
  });

  test('prints every problem with its place and its fix, and exits with 2', async () => {
    write('version: 1\nmode: enforc\nenvironments:\n  prod: {deploy: {engine: fluxx}}\n');

    expect(await config(['check'])).toEqual({
      out: `.fairlead.yaml:2:1 mode: "enforc" is not allowed; did you mean "enforce"?
  Write observe or enforce.
.fairlead.yaml:4:19 environments.prod.deploy.engine: "fluxx" is not allowed; did you mean "flux"?
  Write apply or flux.
2 problems
`,
      code: 2,
    });
  });

  test('finds the file of the repository from a folder inside it', async () => {
    write('version: 1\n');

    expect((await config(['check'], join(folder, 'apps/web'))).out).toBe('../../.fairlead.yaml is valid\n');
    expect((await config(['check', 'apps'])).out).toBe('.fairlead.yaml is valid\n');
  });

  test('checks a file of any name when it is named', async () => {
    write('version: 3\n', 'next.yaml');

    const { out, code } = await config(['check', 'next.yaml']);

    expect(out).toMatch(/^next\.yaml:1:1 version: 3 is not allowed\n/);
    expect(code).toBe(2);
  });

  test('a repository without a file is in order', async () => {
    expect(await config(['check'])).toEqual({
      out: 'there is no .fairlead.yaml: the defaults hold, Fairlead observes\n',
      code: 0,
    });
  });

  test('a path that is not there is a wrong use', async () => {
    await expect(config(['check', 'nowhere.yaml'])).rejects.toMatchObject({ code: 'path-missing' });
  });

  test('a file over the limit is refused, and control characters are shown harmless', async () => {
    write(`version: 1 #${'x'.repeat(300_000)}`);
    expect((await config(['check'])).out).toMatch(/the limit is 262144/);

    write('version: 1\n"\\e[31m\\u202ered": 1\n');
    expect((await config(['check'])).out).not.toMatch(/[\u001b\u202e]/);
  });
});

describe('fairlead config explain', () => {
  test('says of each value whether it is written, and where', async () => {
    write(
      'version: 1\nenvironments:\n  prod:\n    clusters: [a, b]\n    deploy:\n      after: {environment: dev}\n  dev: {}\n',
    );

    const { out, code } = await config(['explain', 'prod']);

    expect(code).toBe(0);
    expect(out).toBe(`SETTING                                     VALUE    FROM
version                                     1        .fairlead.yaml:1
mode                                        observe  default
environments.prod.match                     none     default
environments.prod.branch                    none     default
environments.prod.clusters                  a, b     .fairlead.yaml:4
environments.prod.deploy.on                 never    default
environments.prod.deploy.engine             apply    default
environments.prod.deploy.after.environment  dev      .fairlead.yaml:6
environments.prod.deploy.after.healthyFor   0        default
environments.prod.deploy.approvals          none     default
environments.prod.onFailure.action          none     default
environments.prod.onDrift.action            report   default
tenancy                                     none     default
policy.rules                                none     default
comment.when                                changes  default
render.helm                                 none     default
argocd.clusters                             none     default
`);
  });

  test('says what paths may reach, also beside one environment', async () => {
    write('version: 1\nenvironments: {prod: {}}\ntenancy:\n  shop: {paths: [teams/shop/**], namespaces: [shop]}\n');

    const { out } = await config(['explain', 'prod']);

    expect(
      out
        .split('\n')
        .filter((line) => line.startsWith('tenancy'))
        .map((line) => line.replace(/ +/g, ' ')),
    ).toEqual([
      'tenancy.shop.paths teams/shop/** .fairlead.yaml:4',
      'tenancy.shop.clusters none default',
      'tenancy.shop.namespaces shop .fairlead.yaml:4',
      'tenancy.shop.kinds.allow none default',
      'tenancy.shop.kinds.deny none default',
    ]);
  });

  test('without a file everything is a default', async () => {
    expect((await config(['explain'])).out).toMatch(/^mode +observe +default$/m);
  });

  test('an environment that is not there is a wrong use that names those that are', async () => {
    write('version: 1\nenvironments: {prod: {}, dev: {}}\n');

    await expect(config(['explain', 'prd'])).rejects.toMatchObject({ code: 'usage', remedy: 'It has prod, dev.' });
  });

  test('a file with problems explains nothing but those', async () => {
    write('mode: observe\n');

    const { out, code } = await config(['explain']);

    expect(out).toMatch(/^\.fairlead\.yaml:1:1 version: is missing\n/);
    expect(code).toBe(2);
  });
});

test('fairlead config schema prints draft-07 with the engines there are', async () => {
  const schema = JSON.parse((await config(['schema'])).out) as Record<string, unknown>;

  expect(schema).toMatchObject({
    $schema: 'http://json-schema.org/draft-07/schema#',
    additionalProperties: false,
    properties: {
      environments: {
        additionalProperties: { properties: { deploy: { properties: { engine: { enum: ['apply', 'flux'] } } } } },
      },
    },
  });
});
