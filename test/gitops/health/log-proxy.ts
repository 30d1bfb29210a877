import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { ControlPlane } from '../../control-plane/control-plane.ts';

/** What a kubelet would say of one container; the pods of tests run nowhere. */
export interface RecordedLog {
  readonly status: number;
  readonly text: string;
}

/** A server before a real API server that answers for logs only; everything else is passed on as it is. */
export interface LogProxy {
  /** A kubeconfig with the context `logs`. */
  readonly kubeconfig: string;
  /** Paths of the logs that were asked for. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** Starts it. `logs` maps `POD/CONTAINER` to the answer; a log that is not recorded is answered with 404. */
export async function startLogProxy(
  plane: ControlPlane,
  logs: Readonly<Record<string, RecordedLog>>,
): Promise<LogProxy> {
  const asked: string[] = [];
  const server = createServer((incoming, response) => {
    const url = new URL(incoming.url ?? '', plane.server);
    const pod = /\/pods\/([^/]+)\/log$/.exec(url.pathname)?.[1];
    if (pod === undefined) return passOn(plane, incoming, response);
    asked.push(`${url.pathname}${url.search}`);
    const found = logs[`${pod}/${url.searchParams.get('container')}`] ?? { status: 404, text: 'no such log' };
    response.writeHead(found.status, { 'content-type': found.status === 200 ? 'text/plain' : 'application/json' });
    response.end(found.text);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // listen() on a TCP host always gives an AddressInfo
  const { port } = server.address() as AddressInfo;
  return {
    kubeconfig: kubeconfigOf(`http://127.0.0.1:${port}`, plane.token),
    asked,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function passOn(plane: ControlPlane, incoming: IncomingMessage, response: ServerResponse): void {
  const options = { method: incoming.method, headers: incoming.headers, ca: plane.certificate };
  const sent = httpsRequest(new URL(incoming.url ?? '', plane.server), options, (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  sent.on('error', () => response.destroy());
  incoming.pipe(sent);
}

function kubeconfigOf(server: string, token: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'c', cluster: { server, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'u', user: { token } }],
    contexts: [{ name: 'logs', context: { cluster: 'c', user: 'u' } }],
  });
}
