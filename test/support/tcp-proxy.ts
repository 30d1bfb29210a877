import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** Stands between a client and a server on loopback. */
export interface TcpProxy {
  readonly port: number;
  /** Connections there are now lead nowhere from now on: both ends stay open, nothing is passed on. New ones are as before. */
  freeze(): void;
  /** New connections lead nowhere too, until `thaw`. */
  freezeNew(): void;
  thaw(): void;
  close(): Promise<void>;
}

/** Passes everything on to a port of loopback. */
export async function startTcpProxy(to: number): Promise<TcpProxy> {
  const pairs = new Set<readonly [Socket, Socket]>();
  let isFrozen = false;
  const server = createServer((near) => {
    const far = connect(to, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    for (const [from, into] of [pair, [far, near] as const]) {
      from.on('error', () => into.destroy()).on('close', () => into.destroy());
      from.pipe(into);
    }
    if (isFrozen) freezePair(pair);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    // A server that listens on a TCP host has such an address.
    port: (server.address() as AddressInfo).port,
    freeze: () => pairs.forEach(freezePair),
    freezeNew: () => {
      isFrozen = true;
    },
    thaw: () => {
      isFrozen = false;
    },
    close: async () => {
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function freezePair([near, far]: readonly [Socket, Socket]): void {
  for (const socket of [near, far]) {
    socket.unpipe();
    socket.pause();
  }
}
