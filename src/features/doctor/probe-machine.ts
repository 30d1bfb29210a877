import { access, constants, mkdir, statfs, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { locateModule, type ModuleName, type ModuleOptions } from '../../formats/wasm/locate-module.ts';
import { FairleadError } from '../../model/error.ts';
import { runProcess } from '../../tools/process.ts';
import { type Diagnosis, type Probe, teller } from './diagnosis.ts';

/** Bytes that should be free for mirrors and the store. */
const leastFree = 1024 ** 3;

/** The oldest git whose `safe.bareRepository` and `merge-tree --write-tree` we rely on. */
const leastGit = [2, 38] as const;

/** The folder for store, mirrors and key: there, writable, and with room. */
export function dataProbe(folder: string): Probe {
  return { area: 'machine', check: 'data folder', look: () => lookAtData(folder) };
}

async function lookAtData(folder: string): Promise<readonly Diagnosis[]> {
  const tell = teller('machine', 'data folder');
  const fix = 'Let this process write there, or name another folder (data, FAIRLEAD_DATA).';
  const trial = join(folder, `.doctor-${process.pid}`);
  try {
    await mkdir(folder, { recursive: true });
    await writeFile(trial, '', { flag: 'wx' });
    await unlink(trial);
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code ?? 'unknown'; // node:fs throws nothing else
    return [tell.fault(`${folder} cannot be written (${code})`, fix, { kind: 'forbidden' })];
  }
  const { bavail, bsize } = await statfs(folder);
  const gib = ((bavail * bsize) / 1024 ** 3).toFixed(1);
  if (bavail * bsize < leastFree)
    return [tell.warning(`${folder} has ${gib} GiB left`, 'Make room, or name another folder.')];
  return [tell.ok(`${folder}, ${gib} GiB free`)];
}

/** Whether git is there and new enough. */
export function gitProbe(environment: Readonly<Record<string, string | undefined>>): Probe {
  return {
    area: 'machine',
    check: 'git',
    look: async (signal) => {
      const tell = teller('machine', 'git');
      const result = await runProcess({
        command: 'git',
        args: ['--version'],
        env: environment,
        signal,
        deadlineMs: 10_000,
      });
      const said = result.stdout.toString('utf8').trim();
      const [, major = '0', minor = '0'] = /(\d+)\.(\d+)/.exec(said) ?? [];
      const isNew = Number(major) > leastGit[0] || (Number(major) === leastGit[0] && Number(minor) >= leastGit[1]);
      return [isNew ? tell.ok(said) : tell.fault(`${said} is too old`, `Install git ${leastGit.join('.')} or newer.`)];
    },
  };
}

/** What reviews run on; `merge` where a cluster cannot be asked. */
const modules: readonly ModuleName[] = ['kustomize', 'helm', 'cel', 'merge', 'gotemplate', 'envsubst'];

/** Whether the WebAssembly modules are built; none is built here. */
export function modulesProbe(options: ModuleOptions): Probe {
  return {
    area: 'machine',
    check: 'modules',
    look: async (signal) => {
      const tell = teller('machine', 'modules');
      const found = await Promise.all(modules.map((name) => isBuilt(name, options, signal)));
      const missing = modules.filter((_, index) => found[index] !== true);
      if (missing.length === 0) return [tell.ok(`${modules.join(', ')} are built`)];
      return [
        tell.warning(
          `${missing.join(', ')} not built yet`,
          'Run one review, or use the image: with Go they are built once, when first needed.',
        ),
      ];
    },
  };
}

async function isBuilt(name: ModuleName, options: ModuleOptions, signal: AbortSignal): Promise<boolean> {
  const stop = new AbortController();
  try {
    // Where it would be built it is not: the first line of progress ends it.
    const path = await locateModule(
      name,
      { ...options, onProgress: () => stop.abort() },
      AbortSignal.any([signal, stop.signal]),
    );
    await access(path, constants.R_OK);
    return !stop.signal.aborted;
  } catch (error) {
    if (stop.signal.aborted || error instanceof FairleadError) return false;
    throw error;
  }
}
