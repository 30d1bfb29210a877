import { createServer, request } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A relay in front of a plain HTTP server, at which requests can be held. */
export interface Gate {
  readonly url: string;
  /** Holds requests that match from now on; gives how many are held. */
  hold(matches: (method: string, path: string) => boolean): () => number;
  /** Lets all through that are held, and those to come. */
  open(): void;
  close(): Promise<void>;
}

export async function startGate(target: string): Promise<Gate> {
  let holds: ((method: string, path: string) => boolean) | null = null;
  let held: (() => void)[] = [];
  const server = createServer((incoming, answer) => {
    const { method = 'GET', url = '/', headers } = incoming;
    const pass = (): void => {
      if (incoming.destroyed) return; // whoever asked has gone
      const outgoing = request(new URL(url, target), { method, headers }, (given) => {
        answer.writeHead(given.statusCode ?? 502, given.headers);
        given.pipe(answer);
      });
      outgoing.on('error', () => answer.destroy());
      incoming.pipe(outgoing);
    };
    if (holds?.(method, url)) held.push(pass);
    else pass();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    hold: (matches) => {
      holds = matches;
      return () => held.length;
    },
    open: () => {
      holds = null;
      for (const pass of held) pass();
      held = [];
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
