import { spawn } from 'node:child_process';
import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request for a bare repository, already authenticated. */
export interface GitRequest {
  /** Folder that holds the bare repositories. */
  readonly projectRoot: string;
  /** Path below it with what Git asks for: `/owner/name.git/info/refs`. */
  readonly path: string;
  /** Query without `?`. */
  readonly query: string;
}

/** Variables that keep Git to the repository: no global or system configuration, never a prompt. */
export const isolatedGit: readonly string[] = [
  'GIT_CONFIG_GLOBAL=/dev/null',
  'GIT_CONFIG_NOSYSTEM=1',
  'GIT_TERMINAL_PROMPT=0',
];

/** Milliseconds one fetch or push may take. */
const DEADLINE = 60_000;

/**
 * Serves real Git over HTTP through `git http-backend`, the CGI program that comes with Git. Variables go through `env`,
 * so that the process's own environment is inherited without being read here.
 */
export function serveGit(incoming: IncomingMessage, outgoing: ServerResponse, request: GitRequest): Promise<void> {
  const variables = [...isolatedGit, ...cgiVariables(incoming, request)];
  const backend = spawn('env', [...variables, 'git', 'http-backend'], { timeout: DEADLINE });
  incoming.pipe(backend.stdin);
  // A client that goes away, or a backend that answers without reading the body: both end the pipe early.
  backend.stdin.on('error', () => incoming.resume());
  return new Promise((resolve, reject) => {
    forwardAnswer(backend.stdout, outgoing);
    backend.on('error', reject);
    backend.on('close', () => {
      if (!outgoing.headersSent) outgoing.writeHead(500);
      outgoing.end();
      resolve();
    });
  });
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

/** Splits the CGI header block off the output and passes the rest on as it comes. */
function forwardAnswer(output: NodeJS.ReadableStream, outgoing: ServerResponse): void {
  let head: Buffer | null = Buffer.alloc(0);
  output.on('data', (chunk: Buffer) => {
    if (head === null) {
      outgoing.write(chunk);
      return;
    }
    head = Buffer.concat([head, chunk]);
    const end = head.indexOf('\r\n\r\n');
    if (end < 0) return;
    writeHead(head.subarray(0, end).toString('latin1'), outgoing);
    outgoing.write(head.subarray(end + 4));
    head = null;
  });
}

function writeHead(block: string, outgoing: ServerResponse): void {
  const headers = block.split('\r\n').map((line) => line.split(/:\s*/, 2) as [string, string]);
  const status = headers.find(([name]) => name.toLowerCase() === 'status')?.[1] ?? '200';
  for (const [name, value] of headers) if (name.toLowerCase() !== 'status') outgoing.setHeader(name, value);
  outgoing.writeHead(Number.parseInt(status, 10));
}
