import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open, readFile, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** One real program to run beside the tests. */
export interface ProcessSpec {
  /** Names its log, `NAME.log` in the folder. */
  readonly name: string;
  readonly program: string;
  readonly flags: readonly string[];
  /** Added to the environment of the caller. */
  readonly env?: Readonly<Record<string, string>>;
  /**
   * When it is ready: a URL on loopback that must answer 2xx (its certificate is not verified), or a question asked again and
   * again (a rejection counts as no); null needs nothing.
   */
  readonly ready: string | (() => Promise<boolean>) | null;
  /** Runs it as this user; only root may. Default: as the caller. */
  readonly user?: ProcessUser;
}

export interface ProcessUser {
  readonly uid: number;
  readonly gid: number;
}

export interface ProcessPlace {
  /** Working directory and place of the logs; made when missing, removed when the owner ends. */
  readonly dir: string;
  /** The processes die when this process id is gone, so that an interrupted run leaves nothing behind. */
  readonly owner: number;
  /** Default two minutes. */
  readonly readyWithinMs?: number;
}

/**
 * Starts programs together and waits until all are ready. Gives the process ids to hand to `stopProcesses`, or to keep as
 * `pids` of a shared part (see shared.ts). When one ends early or the time is over, all are killed and the error holds the
 * ends of their logs.
 */
export async function startProcesses(specs: readonly ProcessSpec[], place: ProcessPlace): Promise<readonly number[]> {
  await mkdir(place.dir, { recursive: true });
  const pids: number[] = [];
  try {
    for (const spec of specs) pids.push(await start(spec, place.dir));
    pids.push(watchOwner(place.owner, pids, place.dir));
    await whenReady(specs, pids, place);
    return pids;
  } catch (cause) {
    for (const pid of pids.toReversed()) kill(pid);
    throw cause;
  }
}

/** Kills what `startProcesses` started and removes the folder. The data is thrown away, so nothing is asked to drain. */
export async function stopProcesses(state: { readonly dir: string; readonly pids: readonly number[] }): Promise<void> {
  for (const pid of state.pids.toReversed()) kill(pid);
  await rm(state.dir, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

/** Ports of loopback that nobody used a moment ago. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => new Promise((resolve) => server.once('listening', resolve))));
  // listen() on a TCP host always gives an AddressInfo
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

/** A free port may be taken between the look and the start; anything else fails three times the same way. */
export async function threeAttempts<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (cause) {
      if (attempt === 3) throw cause;
    }
  }
}

async function start(spec: ProcessSpec, dir: string): Promise<number> {
  const file = await open(join(dir, `${spec.name}.log`), 'a');
  try {
    const env = { ...process.env, ...spec.env };
    const stdio: ['ignore', number, number] = ['ignore', file.fd, file.fd];
    const options = { detached: true, stdio, cwd: dir, env, ...spec.user };
    const child: ChildProcess = spawn(spec.program, [...spec.flags], options);
    await new Promise((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    child.unref();
    return child.pid ?? 0;
  } finally {
    await file.close();
  }
}

/** A small process that kills the others when the owner is gone. */
function watchOwner(owner: number, pids: readonly number[], dir: string): number {
  const script = 'while kill -0 "$1" 2>/dev/null; do sleep 1; done; kill -9 $2; sleep 1; rm -rf "$3"';
  const args = ['-c', script, 'watch-owner', String(owner), pids.join(' '), dir];
  const child = spawn('sh', args, { detached: true, stdio: 'ignore', cwd: '/' });
  child.unref();
  return child.pid ?? 0;
}

async function whenReady(specs: readonly ProcessSpec[], pids: readonly number[], place: ProcessPlace): Promise<void> {
  const deadline = Date.now() + (place.readyWithinMs ?? 120_000);
  let waiting = specs;
  while (Date.now() < deadline && pids.every(isAlive)) {
    const answers = await Promise.all(waiting.map(isReady));
    waiting = waiting.filter((_spec, at) => answers[at] !== true);
    if (waiting.length === 0) return;
    await delay(50);
  }
  const names = waiting.map(({ name }) => name).join(', ');
  const logs = await Promise.all(specs.map(({ name }) => readFile(join(place.dir, `${name}.log`), 'utf8')));
  throw new Error(`not ready: ${names}\n${logs.map((log) => log.slice(-2000)).join('\n')}`);
}

async function isReady({ ready }: ProcessSpec): Promise<boolean> {
  if (ready === null) return true;
  const answer = typeof ready === 'string' ? answersWell(ready) : ready();
  return answer.catch(() => false); // not listening yet
}

function answersWell(url: string): Promise<boolean> {
  const ask = url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve, reject) => {
    // A program on loopback that we just started, with a certificate it made itself.
    const sent = ask(url, { rejectUnauthorized: false, timeout: 5000 }, (answer) => {
      answer.resume();
      resolve(answer.statusCode !== undefined && answer.statusCode >= 200 && answer.statusCode < 300);
    });
    sent.on('timeout', () => sent.destroy(new Error('no answer'))).on('error', reject);
    sent.end();
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH: it ended; the caller reports its log
  }
}
