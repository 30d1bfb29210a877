import { type ChildProcess, spawn } from 'node:child_process';
import { FairleadError } from '../model/error.ts';
import { type Limits, type StopReason, watchDeadline } from './deadline.ts';

/** A child process to run: no shell. */
export interface ProcessSpec extends Limits {
  readonly command: string;
  readonly args: readonly string[];
  readonly cwd?: string;
  /** All it sees of an environment; left out, it inherits ours. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly input?: string | Uint8Array;
  /** Bytes of stdout, and of stderr, that are kept; one more ends the process. Default 16 MiB. */
  readonly maxOutputBytes?: number;
  /**
   * Whether it leads a process group, which is ended as a whole: for a program that starts others, since those would go on and hold
   * its pipes open. Default false.
   */
  readonly leadsGroup?: boolean;
  /** Called with each whole line of stderr as it comes. */
  readonly onStderrLine?: (line: string) => void;
}

/** What a child process left. `code` is null when a signal ended it. */
export interface ProcessResult {
  readonly code: number | null;
  readonly stdout: Buffer;
  readonly stderr: string;
}

/** Runs a child process to its end, here or in a host (process-host.ts), to which no callback can be given. */
export type RunProcess = (spec: Omit<ProcessSpec, 'onStderrLine'>) => Promise<ProcessResult>;

const KILL_AFTER_MS = 2_000;

/**
 * Runs a child process to its end; a failing exit code is an answer, not an error. Throws the signal's reason when
 * aborted, and `FairleadError`: `command-missing`, `command-timeout`, `command-output` (too much of it).
 */
export function runProcess(spec: ProcessSpec): Promise<ProcessResult> {
  spec.signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const child = spawn(spec.command, [...spec.args], {
      ...(spec.cwd === undefined ? {} : { cwd: spec.cwd }),
      ...(spec.env === undefined ? {} : { env: { ...spec.env } }),
      detached: spec.leadsGroup === true,
      stdio: ['pipe', 'pipe', 'pipe'],
    });
    const end = { fault: undefined as unknown };
    const stop = (fault: unknown) => {
      end.fault ??= fault;
      kill(child, spec);
    };
    const output = collectOutput(child, spec, stop);
    const disarm = watchDeadline(spec, (reason) => stop(stopError(spec, reason)));
    child.on('error', (cause) => {
      disarm();
      reject(missingError(spec, cause));
    });
    child.on('close', (code) => {
      disarm();
      if (end.fault === undefined) resolve({ code, ...output() });
      else reject(end.fault);
    });
    // A child that ends without reading its input breaks the pipe; its exit code tells more than that.
    child.stdin.on('error', () => undefined);
    child.stdin.end(spec.input ?? '');
  });
}

function collectOutput(child: ChildProcess, spec: ProcessSpec, stop: (fault: unknown) => void) {
  const limit = spec.maxOutputBytes ?? 16 * 1024 * 1024;
  const keep = (chunks: Buffer[]) => {
    let size = 0;
    return (chunk: Buffer) => {
      size += chunk.length;
      if (size <= limit) chunks.push(chunk);
      else stop(outputError(spec, limit));
    };
  };
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout?.on('data', keep(stdout));
  child.stderr?.on('data', keep(stderr));
  if (spec.onStderrLine !== undefined) child.stderr?.on('data', splitLines(spec.onStderrLine));
  return () => ({ stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr).toString('utf8') });
}

function splitLines(onLine: (line: string) => void) {
  let rest = '';
  return (chunk: Buffer) => {
    const lines = (rest + chunk.toString('utf8')).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
}

function kill(child: ChildProcess, spec: ProcessSpec): void {
  send(child, 'SIGTERM', spec);
  const timer = setTimeout(() => send(child, 'SIGKILL', spec), KILL_AFTER_MS);
  child.once('close', () => clearTimeout(timer));
}

function send(child: ChildProcess, signal: NodeJS.Signals, { leadsGroup = false }: ProcessSpec): void {
  if (!leadsGroup || child.pid === undefined) {
    child.kill(signal);
    return;
  }
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The whole group is gone already.
  }
}

function stopError(spec: ProcessSpec, reason: StopReason): unknown {
  if (reason === 'aborted') return spec.signal.reason;
  return new FairleadError({
    code: 'command-timeout',
    message: `${spec.command} did not finish within ${spec.deadlineMs} ms.`,
    subject: spec.command,
    remedy: 'Try again; if it happens each time, see what the command waits for.',
  });
}

function outputError(spec: ProcessSpec, limit: number): FairleadError {
  return new FairleadError({
    code: 'command-output',
    message: `${spec.command} wrote more than ${limit} bytes.`,
    subject: spec.command,
    remedy: 'Ask for less at once.',
  });
}

function missingError(spec: ProcessSpec, cause: Error): FairleadError {
  return new FairleadError({
    code: 'command-missing',
    message: `${spec.command} could not be started: ${cause.message}.`,
    subject: spec.command,
    remedy: `Install ${spec.command} and put it on the PATH.`,
    cause,
  });
}
