import type { IncomingMessage, ServerResponse } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { type RunProcess, runProcess } from '../tools/process.ts';
import type { ProcessHost } from '../tools/process-host.ts';

/** One request for a bare repository, already authenticated. */
export interface GitRequest {
  /** Folder that holds the bare repositories. */
  readonly projectRoot: string;
  /** Path below it with what Git asks for: `/owner/name.git/info/refs`. */
  readonly path: string;
  /** Query without `?`. */
  readonly query: string;
}

/** Where the repositories of a pretend forge stand, and what starts Git there. */
export interface GitPlace {
  readonly dir: string;
  readonly processes: ProcessHost;
}

/** Variables that keep Git to the repository: no global or system configuration, never a prompt. */
export const isolatedGit: readonly string[] = [
  'GIT_CONFIG_GLOBAL=/dev/null',
  'GIT_CONFIG_NOSYSTEM=1',
  'GIT_TERMINAL_PROMPT=0',
];

/** Milliseconds one fetch or push may take. */
const deadlineMs = 60_000;

/**
 * Serves real Git over HTTP through `git http-backend`, the CGI program that comes with Git. Variables go through `env`,
 * so that the process's own environment is inherited without being read here.
 */
export async function serveGit(
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  request: GitRequest,
  run: RunProcess = runProcess,
): Promise<void> {
  const { stdout } = await run({
    command: 'env',
    args: [...isolatedGit, ...cgiVariables(incoming, request), 'git', 'http-backend'],
    input: await buffer(incoming),
    maxOutputBytes: 512 * 1024 * 1024,
    signal: AbortSignal.timeout(2 * deadlineMs),
    deadlineMs,
  });
  const end = stdout.indexOf('\r\n\r\n');
  if (end < 0) outgoing.writeHead(500);
  else writeHead(stdout.toString('latin1', 0, end), outgoing);
  outgoing.end(stdout.subarray(end < 0 ? stdout.length : end + 4));
}

function cgiVariables(incoming: IncomingMessage, request: GitRequest): string[] {
  const { headers, method } = incoming;
  return [
    `GIT_PROJECT_ROOT=${request.projectRoot}`,
    'GIT_HTTP_EXPORT_ALL=1',
    `PATH_INFO=${request.path}`,
    `QUERY_STRING=${request.query}`,
    `REQUEST_METHOD=${method ?? 'GET'}`,
    `CONTENT_TYPE=${headers['content-type'] ?? ''}`,
    `HTTP_CONTENT_ENCODING=${headers['content-encoding'] ?? ''}`,
    `GIT_PROTOCOL=${String(headers['git-protocol'] ?? '')}`,
    'REMOTE_USER=pretend',
    'REMOTE_ADDR=127.0.0.1',
  ];
}

function writeHead(block: string, outgoing: ServerResponse): void {
  const headers = block.split('\r\n').map((line) => line.split(/:\s*/, 2) as [string, string]);
  const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
  for (const [name, value] of headers) if (name.toLowerCase() !== 'status') outgoing.setHeader(name, value);
  outgoing.writeHead(Number.parseInt(status, 10));
}
