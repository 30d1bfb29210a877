import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmod, chown, mkdir, readdir, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { Client } from 'pg';
import { freePorts, type ProcessUser, startProcesses, stopProcesses } from '../control-plane/processes.ts';

const run = promisify(execFile);

/** A PostgreSQL server with a folder of its own, as plain data that another process can read. */
export interface PostgresState {
  readonly dir: string;
  /** Of the database `postgres`, as the superuser. */
  readonly url: string;
  readonly port: number;
  readonly pids: readonly number[];
  /** Those of `pids` that give shared memory back when they are told to quit. */
  readonly quits: readonly number[];
}

/** Folders with the programs where PATH does not have them; `*` is a version. */
const places = ['/usr/lib/postgresql/*/bin', '/usr/pgsql-*/bin', '/opt/homebrew/opt/postgresql@*/bin'];

const oldest = 15;

/** Makes a cluster in the folder and starts it on loopback, with `fsync` on as by default. `owner`: see `startProcesses`. */
export async function makePostgres(dir: string, owner: number): Promise<PostgresState> {
  const bin = await binaries();
  const user = await serverUser();
  const password = randomBytes(12).toString('hex');
  await rm(dir, { recursive: true, force: true });
  await mkdir(dir, { recursive: true });
  await writeFile(join(dir, 'password'), password);
  if (user !== undefined) await giveTo(user, dir);
  const flags = ['--no-sync', '--auth=scram-sha-256', '--username=fairlead', '--encoding=UTF8', '--locale=C'];
  const files = ['-D', join(dir, 'data'), '--pwfile', join(dir, 'password')];
  await run(join(bin, 'initdb'), [...flags, ...files], { cwd: dir, ...user });
  const [port = 0] = await freePorts(1);
  const url = `postgres://fairlead:${password}@127.0.0.1:${port}/postgres`;
  return startPostgres({ dir, url, port, pids: [], quits: [] }, owner);
}

/** Starts a cluster that was stopped or crashed, on the port it had. */
export async function startPostgres(state: PostgresState, owner: number): Promise<PostgresState> {
  const end = Date.now() + 30_000;
  for (;;) {
    try {
      return await startOnce(state, owner);
    } catch (error) {
      // The children of a killed server end by themselves, a moment later; a new one waits for none of them.
      if (!String(error).includes('shared memory block') || Date.now() > end) throw error;
      await rm(join(state.dir, 'postgres.log'));
    }
  }
}

async function startOnce(state: PostgresState, owner: number): Promise<PostgresState> {
  const { dir, port, url } = state;
  const user = await serverUser();
  const settings = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    shared_buffers: '32MB',
    max_connections: 100,
    // Not in /dev/shm, where a killed server would leave it behind.
    dynamic_shared_memory_type: 'mmap',
    // After a crash every file is to be synced; one call does it where there is such a call.
    ...(process.platform === 'linux' ? { recovery_init_sync_method: 'syncfs' } : {}),
  };
  const flags = Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const spec = {
    name: 'postgres',
    program: join(await binaries(), 'postgres'),
    flags: ['-D', join(dir, 'data'), ...flags],
    ready: () => answers(url),
    ...(user === undefined ? {} : { user }),
  };
  const pids = await startProcesses([spec], { dir, owner, readyWithinMs: 60_000 });
  return { ...state, pids, quits: pids.slice(0, 1) };
}

/** Ends the server: `fast` as an administrator would, `crash` with no word. Its data stay. */
export async function endPostgres(
  { pids: [server = 0, ...rest] }: PostgresState,
  how: 'fast' | 'crash',
): Promise<void> {
  const signal = how === 'fast' ? 'SIGINT' : 'SIGKILL';
  for (const pid of rest) kill(pid, 'SIGKILL');
  kill(server, signal);
  await untilGone(server);
}

/** Ends the server and removes its folder. */
export async function removePostgres(state: PostgresState): Promise<void> {
  await endPostgres(state, 'fast');
  await stopProcesses({ dir: state.dir, pids: [] });
}

async function answers(url: string): Promise<boolean> {
  const client = new Client({ connectionString: url, connectionTimeoutMillis: 2_000 });
  client.on('error', () => {}); // the rejection says it
  try {
    await client.connect();
    return true;
  } finally {
    await client.end();
  }
}

let found: Promise<string> | null = null;

function binaries(): Promise<string> {
  found ??= findBinaries();
  return found;
}

/** The folder with `postgres` and `initdb`. Throws what to install when there is none that is new enough. */
async function findBinaries(): Promise<string> {
  const seen: string[] = [];
  for (const bin of [...(process.env['PATH'] ?? '').split(':'), ...(await versioned())]) {
    const version = await versionOf(bin);
    if (version !== null && version >= oldest) return bin;
    if (version !== null) seen.push(`${bin} has ${version}`);
  }
  throw new Error(
    `the tests need PostgreSQL ${oldest} or newer (${seen.join(', ') || 'none was found'}): install the server ` +
      '(Debian, Ubuntu: apt-get install postgresql; macOS: brew install postgresql@17), or set DATABASE_URL to one on which ' +
      'databases may be created',
  );
}

async function versioned(): Promise<readonly string[]> {
  const folders: string[] = [];
  for (const place of places) {
    const [before = '', after = ''] = place.split('*');
    const parent = before.endsWith('/') ? before : dirname(before);
    const names = await readdir(parent).catch(() => []);
    const paths = names.map((name) => join(parent, name)).filter((path) => path.startsWith(before));
    folders.push(
      ...paths
        .toSorted()
        .toReversed()
        .map((path) => `${path}${after}`),
    );
  }
  return folders;
}

async function versionOf(bin: string): Promise<number | null> {
  const asked = await Promise.all(
    ['postgres', 'initdb'].map((name) => run(join(bin, name), ['--version']).catch(() => null)),
  );
  const major = /\) (\d+)/.exec(asked[0]?.stdout ?? '')?.[1];
  return major === undefined || asked[1] === null ? null : Number(major);
}

/** PostgreSQL refuses to run as root: then it runs as somebody else. */
async function serverUser(): Promise<ProcessUser | undefined> {
  if (process.getuid?.() !== 0) return undefined;
  for (const name of ['postgres', 'nobody']) {
    const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, name]).catch(() => null)));
    const [uid, gid] = ids.map((id) => Number(id?.stdout ?? 'none'));
    if (uid !== undefined && gid !== undefined && uid > 0 && gid > 0) return { uid, gid };
  }
  throw new Error('PostgreSQL refuses to run as root, and there is no user postgres or nobody to run it as');
}

async function giveTo({ uid, gid }: ProcessUser, dir: string): Promise<void> {
  for (const path of [dir, join(dir, 'password')]) await chown(path, uid, gid);
  // So that the other user reaches it whatever the mask of this one.
  await chmod(dirname(dir), 0o711);
}

/** False when there is no such process. */
function kill(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
    return false;
  }
}

async function untilGone(pid: number): Promise<void> {
  const end = Date.now() + 30_000;
  while (kill(pid, 0)) {
    if (Date.now() > end) throw new Error(`process ${pid} of PostgreSQL did not end`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
