import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Agent, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ControlPlane } from '../../control-plane/control-plane.ts';

/** A write that reached the API server. */
export interface SeenWrite {
  readonly method: string;
  /** Path without the query. */
  readonly path: string;
  readonly status: number;
}

/** A plain HTTP relay in front of a control plane: counts what is written, and goes away when told to. */
export interface Relay {
  readonly url: string;
  /** Writes that were no dry-run and were accepted, oldest first. */
  writes(): readonly SeenWrite[];
  /** Breaks every connection and takes no other. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

/** Starts a relay on a free loopback port. */
export async function startRelay(plane: Pick<ControlPlane, 'server' | 'certificate'>): Promise<Relay> {
  const agent = new Agent({ keepAlive: true, ca: plane.certificate });
  const writes: SeenWrite[] = [];
  let isCut = false;
  const server = createServer((incoming, answer) => forward(incoming, answer, { agent, server: plane.server, writes }));
  server.on('connection', (socket) => {
    if (isCut) socket.destroy();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    writes: () => writes,
    cut: () => {
      isCut = true;
      server.closeAllConnections();
    },
    restore: () => {
      isCut = false;
    },
    close: async () => {
      server.closeAllConnections();
      agent.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

interface Upstream {
  readonly agent: Agent;
  readonly server: string;
  readonly writes: SeenWrite[];
}

function forward(incoming: IncomingMessage, answer: ServerResponse, { agent, server, writes }: Upstream): void {
  const { method = 'GET', url = '/', headers } = incoming;
  const target = new URL(url, server);
  const onward = request(target, { method, agent, headers: { ...headers, host: target.host } }, (answered) => {
    const status = answered.statusCode ?? 502;
    const isWrite = method !== 'GET' && target.searchParams.get('dryRun') === null && status < 300;
    if (isWrite) writes.push({ method, path: target.pathname, status });
    answer.writeHead(status, answered.headers);
    answered.pipe(answer);
    answered.on('error', () => answer.destroy());
  });
  onward.on('error', () => answer.destroy());
  answer.on('close', () => onward.destroy());
  incoming.pipe(onward);
}
