import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { cacheDirectory } from '../src/cli/context.ts';
import { locateModule } from '../src/formats/wasm/locate-module.ts';
import { toYaml } from '../src/formats/yaml/write.ts';
import type { JsonObject } from '../src/model/json.ts';
import { startApiServer } from '../src/pretend/api-server/api-server.ts';
import { program, root } from './make.ts';

const run = promisify(execFile);

/** Milliseconds one process may take: modules that are missing are built by the first. */
const longest = 900_000;

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Runs a bundle's program as people do, so that what is compiled then is kept beside its scripts: reviews on a command line, and the
 * tour of everything a server does. Throws when the program does. `added` is put into the environment.
 */
export async function trainBundle(folder: string, added: Environment = {}): Promise<void> {
  const environment = { ...process.env, ...added };
  const dir = await mkdtemp(join(tmpdir(), 'fairlead-training-'));
  const server = await startApiServer({
    ...{ mergeModule: await mergeModule(environment), now: Date.now, token: null },
    ...{ seed: objects(sides.base), seedManager: 'fairlead', cacheDir: null },
  });
  try {
    const [cwd, kubeconfig] = [join(dir, 'repository'), join(dir, 'kubeconfig')];
    await mkdir(cwd);
    await commitTwice(cwd);
    await writeFile(kubeconfig, server.kubeconfig);
    const fairlead = (...args: readonly string[]) => runProgram({ folder, cwd, environment, kubeconfig }, args);
    await fairlead('demo');
    await fairlead('--help');
    await fairlead('version');
    await fairlead('review', 'HEAD~1..HEAD');
    for (const format of ['pretty', 'md', 'json'])
      await fairlead('review', 'HEAD~1..HEAD', '--cluster', 'pretend', '--format', format);
  } finally {
    await server.close();
    await rm(dir, { recursive: true, force: true });
  }
}

function mergeModule(environment: Environment): Promise<string> {
  const options = {
    cacheDir: cacheDirectory(environment),
    builtDir: environment['FAIRLEAD_MODULES'] ?? null,
    sourceDir: join(root, 'wasm'),
    onProgress: (line: string) => void process.stderr.write(`${line}\n`),
    env: environment,
  };
  return locateModule('merge', options, AbortSignal.timeout(longest));
}

interface Training {
  readonly folder: string;
  readonly cwd: string;
  readonly environment: Environment;
  readonly kubeconfig: string;
}

async function runProgram({ folder, cwd, environment, kubeconfig }: Training, args: readonly string[]): Promise<void> {
  // npm names the folder it was called in, which the program takes for its own.
  const said = { INIT_CWD: cwd, CI: 'true', KUBECONFIG: kubeconfig, FAIRLEAD_KEEP_COMPILED: folder };
  const env = { ...environment, ...said };
  await run(process.execPath, ['--disable-warning=ExperimentalWarning', join(folder, program), ...args], {
    ...{ cwd, env, timeout: longest },
  });
}

const settings = ['user.name=fairlead', 'user.email=fairlead@localhost', 'commit.gpgSign=false'];

async function commitTwice(cwd: string): Promise<void> {
  const git = (...args: readonly string[]) =>
    run('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], { cwd, timeout: longest });
  await git('init', '--quiet', '--initial-branch=main');
  for (const side of [sides.base, sides.head]) {
    await writeFile(join(cwd, 'shop.yaml'), objects(side).map(toYaml).join('---\n'));
    await git('add', 'shop.yaml');
    await git('commit', '--quiet', '--message', side.version);
  }
}

interface Side {
  readonly version: string;
  readonly from: number;
  readonly to: number;
}

/** A pull that creates, changes and deletes, and leaves most as it is. */
const sides = { base: { version: '1.0.0', from: 0, to: 20 }, head: { version: '1.1.0', from: 1, to: 21 } };

function objects({ version, from, to }: Side): readonly JsonObject[] {
  const names = Array.from({ length: to - from }, (_, index) => from + index);
  return names.flatMap((index) => [...application(`web-${index}`, index % 5 === 0 ? version : '1.0.0')]);
}

function application(name: string, version: string): readonly JsonObject[] {
  const metadata = { name, namespace: 'default', labels: { app: name } };
  const probe = { httpGet: { path: '/healthz', port: 'http' }, periodSeconds: 10 };
  const container = {
    ...{ name: 'web', image: `registry.example.com/web:${version}`, readinessProbe: probe },
    ports: [{ name: 'http', containerPort: 8080, protocol: 'TCP' }],
    env: [{ name: 'LOG_LEVEL', value: 'info' }],
    resources: { requests: { cpu: '100m', memory: '128Mi' }, limits: { memory: '256Mi' } },
    volumeMounts: [{ name: 'config', mountPath: '/etc/web' }],
  };
  const template = {
    metadata: { labels: { app: name } },
    spec: { containers: [container], volumes: [{ name: 'config', configMap: { name } }] },
  };
  const ports = [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }];
  return [
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { RELEASE: version, 'web.properties': 'cache=1\nretry=2\n' },
    },
    { apiVersion: 'v1', kind: 'Service', metadata, spec: { selector: { app: name }, ports } },
    {
      ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata },
      spec: { replicas: 2, selector: { matchLabels: { app: name } }, template },
    },
  ];
}
