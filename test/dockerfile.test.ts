import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { chmodSync, chownSync, cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type Instruction, parseDockerfile, parseEnv, parseWords, type Stage } from './support/dockerfile.ts';

const root = resolve(import.meta.dirname, '..');
const stages = parseDockerfile(readFileSync(join(root, 'Dockerfile'), 'utf8'));
const work = mkdtempSync(join(tmpdir(), 'fairlead-image-'));
const isRoot = process.getuid?.() === 0;
const listed: string[] = [];

/** Performs the COPY, ENV and npm/go RUN lines of a stage in an empty folder that stands for its root. */
function build(
  stage: Stage,
  folder: string,
): { readonly workdir: string; readonly env: Readonly<Record<string, string>> } {
  let workdir = folder;
  let env: Readonly<Record<string, string>> = {};
  mkdirSync(folder, { recursive: true });
  for (const instruction of stage.instructions) {
    if (instruction.word === 'WORKDIR') {
      workdir = join(folder, instruction.text);
      mkdirSync(workdir, { recursive: true });
    }
    if (instruction.word === 'ENV') env = { ...env, ...parseEnv(instruction.text) };
    if (instruction.word === 'COPY') copy(instruction, workdir);
    if (instruction.word === 'RUN') run(instruction, workdir, within(env, folder));
  }
  return { workdir, env };
}

/** Absolute paths of an environment below the folder that stands for the root. */
function within(env: Readonly<Record<string, string>>, folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(env).map(([name, value]) => [name, value.replace(/^\//, `${folder}/`)]));
}

function copy({ text }: Instruction, workdir: string): void {
  const words = text.split(/\s+/);
  const from = /^--from=(.*)$/.exec(words[0] ?? '')?.[1];
  const sources = words.slice(from === undefined ? 0 : 1, -1);
  const target = words.at(-1) ?? '';
  for (const source of sources) {
    const path = from === undefined ? join(root, source) : join(work, from, source);
    const filter = (file: string): boolean => !file.endsWith('node_modules/.cache');
    cpSync(path, target.endsWith('/') ? join(workdir, target, source) : join(workdir, target), {
      recursive: true,
      filter,
    });
  }
}

function run({ text }: Instruction, workdir: string, env: Readonly<Record<string, string>>): void {
  if (!/^(?:npm|go) /.test(text)) {
    listed.push(text);
    return;
  }
  execFileSync('sh', ['-c', text], {
    cwd: workdir,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
    timeout: 900_000,
  });
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  await new Promise((done) => server.close(done));
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** As root: in a mount namespace of its own where the application is read-only, as uid 65532. Else: write rights taken away. */
function start(app: string, command: readonly string[], env: Readonly<Record<string, string>>): ChildProcess {
  const options = {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    stdio: ['ignore', 'ignore', 'pipe'] as ['ignore', 'ignore', 'pipe'],
  };
  const canMount = isRoot && spawnSync('unshare', ['--mount', 'true']).status === 0;
  if (canMount) {
    const script = `mount --bind ${app} ${app} && mount -o remount,ro,bind ${app} && exec setpriv --reuid 65532 --regid 65532 --clear-groups "$@"`;
    return spawn('unshare', ['--mount', 'sh', '-c', script, 'sh', ...command], options);
  }
  execFileSync('chmod', ['-R', 'a-w', app]);
  return isRoot
    ? spawn(command[0] ?? '', command.slice(1), { ...options, uid: 65_532, gid: 65_532 })
    : spawn(command[0] ?? '', command.slice(1), options);
}

async function healthy(url: string, child: ChildProcess, errors: () => string): Promise<number> {
  const until = Date.now() + 30_000;
  while (Date.now() < until && child.exitCode === null) {
    const answer = await fetch(`${url}/healthz`).catch(() => null);
    if (answer !== null) return answer.status;
    await new Promise((done) => setTimeout(done, 50));
  }
  throw new Error(`not healthy: ${errors()}`);
}

describe('the image', () => {
  let final: { readonly workdir: string; readonly env: Readonly<Record<string, string>> };

  beforeAll(() => {
    chmodSync(work, 0o755);
    for (const stage of stages.slice(0, -1)) build(stage, join(work, stage.name ?? ''));
    const last = stages.at(-1);
    if (last === undefined) throw new Error('the Dockerfile has no stage');
    final = build(last, join(work, 'final'));
  }, 1_200_000);

  afterAll(() => {
    spawnSync('chmod', ['-R', 'u+w', work]);
    rmSync(work, { recursive: true, force: true });
    // Said plainly, so that nobody takes this for a built image.
    process.stderr.write(
      `the image itself was not built; its steps were performed in a folder, and these only listed: ${listed.join('; ')}\n`,
    );
  });

  test('names exact versions and ends as a user without rights', () => {
    for (const { image } of stages) expect(image).toMatch(/^[\w./-]+:\d+\.\d+\.\d+(?:-[\w.-]+)?$/);
    expect(stages.at(-1)?.instructions.find(({ word }) => word === 'USER')?.text).toBe('65532:65532');
  });

  test('holds production dependencies and built modules only', () => {
    const packages = readdirSync(join(final.workdir, 'node_modules'));

    expect(packages).toContain('probot');
    expect(packages).not.toContain('jest');
    expect(packages).not.toContain('node');
    expect(packages).not.toContain('typescript');
    expect(readdirSync(join(final.workdir, 'modules')).sort()).toEqual([
      'cel.wasm',
      'envsubst.wasm',
      'gotemplate.wasm',
      'helm.wasm',
      'kustomize.wasm',
      'merge.wasm',
    ]);
    expect(readdirSync(join(final.workdir, 'build'))).toContain('fairlead.cjs');
    expect(packages).not.toContain('esbuild');
    expect(readdirSync(final.workdir)).not.toContain('test');
    expect(readdirSync(final.workdir)).not.toContain('wasm');
  });

  test('starts with what it compiled when it was built', () => {
    const folder = join(final.workdir, 'build');
    const kept = readdirSync(folder).filter((name) => name.endsWith('.cache'));
    const check = `const [fs, vm] = [require('node:fs'), require('node:vm')];
      for (const name of process.argv.slice(1)) {
        const script = name.replace(/(-serve)?\\.cache$/, '.js');
        const options = { filename: name, cachedData: fs.readFileSync(name) };
        console.log(new vm.Script(fs.readFileSync(script, 'latin1'), options).cachedDataRejected);
      }`;

    const answers = execFileSync(process.execPath, ['-e', check, ...kept.map((name) => join(folder, name))]);

    expect(kept).toEqual(
      expect.arrayContaining([
        'main.cache',
        'main-serve.cache',
        'formats-yaml-worker.cache',
        'gitops-validate-worker.cache',
      ]),
    );
    expect(answers.toString().trim().split('\n')).toEqual(kept.map(() => 'false'));
  });

  test('installs git and certificates by the package manager', () => {
    expect(listed.join('\n')).toMatch(/apt-get install .*git/);
  });

  test('serves /healthz from a read-only root without rights, and stops on SIGTERM', async () => {
    const folder = join(work, 'final');
    const data = join(work, 'data');
    const node = join(work, 'bin', 'node');
    mkdirSync(data);
    mkdirSync(dirname(node));
    cpSync(process.execPath, node);
    if (isRoot) chownSync(data, 65_532, 65_532);
    const port = await freePort();
    const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
    const inside = (text: string): string => text.replace(/^\/app\b/, final.workdir).replace(/^\/data\b/, data);
    const env = Object.fromEntries(Object.entries(final.env).map(([name, value]) => [name, inside(value)]));
    const entry = stages.at(-1)?.instructions ?? [];
    const words = ['ENTRYPOINT', 'CMD'].flatMap((word) =>
      parseWords(entry.find((line) => line.word === word)?.text ?? '[]'),
    );
    const command = [node, ...words.slice(1).map(inside)];
    const secrets = {
      APP_ID: '1',
      PRIVATE_KEY: privateKey.export({ type: 'pkcs1', format: 'pem' }).toString(),
      WEBHOOK_SECRET: 'kq9-3mfw-7dux-2hva',
    };

    const child = start(folder, command, {
      ...env,
      ...secrets,
      HOST: '127.0.0.1',
      PORT: String(port),
      HOME: '/nonexistent',
    });
    let errors = '';
    child.stderr?.on('data', (part: Buffer) => {
      errors += part.toString();
    });
    const status = await healthy(`http://127.0.0.1:${port}`, child, () => errors);
    const ended = new Promise<number | null>((done) => child.once('exit', (code) => done(code)));
    child.kill('SIGTERM');

    expect(status).toBe(200);
    expect(await ended).toBe(0);
  }, 120_000);
});
