import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { program } from './make.ts';

const run = promisify(execFile);

/**
 * Runs a bundle's program as people do, so that what is compiled then is kept beside its scripts: a review on a command line, and the
 * tour of everything a server does. Throws when the program does. `environment` is added to this process's own.
 */
export async function trainBundle(folder: string, environment: Readonly<Record<string, string>> = {}): Promise<void> {
  const cwd = await mkdtemp(join(tmpdir(), 'fairlead-training-'));
  try {
    await commitTwice(cwd);
    await runProgram({ folder, cwd, environment }, ['demo']);
    for (const format of ['pretty', 'md', 'json'])
      await runProgram({ folder, cwd, environment }, ['review', 'HEAD~1..HEAD', '--format', format]);
  } finally {
    await rm(cwd, { recursive: true, force: true });
  }
}

interface Training {
  readonly folder: string;
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string>>;
}

async function runProgram({ folder, cwd, environment }: Training, args: readonly string[]): Promise<void> {
  // npm names the folder it was called in, which the program takes for its own.
  const env = {
    ...process.env,
    INIT_CWD: cwd,
    CI: 'true',
    KUBECONFIG: '',
    ...environment,
    FAIRLEAD_KEEP_COMPILED: folder,
  };
  await run(process.execPath, ['--disable-warning=ExperimentalWarning', join(folder, program), ...args], { cwd, env });
}

const settings = ['user.name=fairlead', 'user.email=fairlead@localhost', 'commit.gpgSign=false'];

async function commitTwice(cwd: string): Promise<void> {
  const git = (...args: readonly string[]) =>
    run('git', [...settings.flatMap((setting) => ['-c', setting]), ...args], { cwd });
  await git('init', '--quiet', '--initial-branch=main');
  for (const replicas of [1, 2]) {
    await writeFile(join(cwd, 'web.yaml'), deployment(replicas));
    await git('add', 'web.yaml');
    await git('commit', '--quiet', '--message', `${replicas} replicas`);
  }
}

function deployment(replicas: number): string {
  return `apiVersion: apps/v1
kind: Deployment
metadata: {name: web, namespace: shop}
spec:
  replicas: ${replicas}
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: web, image: registry.example.com/web:1.0.0}]}
`;
}
