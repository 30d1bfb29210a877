import { mkdir, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { freePorts, startProcesses, threeAttempts } from '../processes.ts';
import { registryBinary } from './binary.ts';

/** A real registry of the CNCF Distribution project on loopback, over TLS. */
export interface RealRegistry {
  readonly port: number;
  /** For `stopProcesses`. */
  readonly dir: string;
  readonly pids: readonly number[];
}

/** Who may pull and push. */
export type RegistryAuth =
  /** The user `bot` with the password `hunter22`. */
  | { readonly kind: 'basic' }
  /** Whoever brings a token of this realm, signed with the key. */
  | { readonly kind: 'token'; readonly realm: string; readonly jwks: object };

/** What a registry is started with. */
export interface RegistryOptions {
  readonly dir: string;
  /** Folder of its content; two registries may serve the same. */
  readonly data: string;
  /** PEM. */
  readonly cert: string;
  readonly key: string;
  readonly auth: RegistryAuth;
}

/** bcrypt of `hunter22`. */
const passwords = 'bot:$2a$04$gsb8xMu0SwSGKvrl7wsYsuq8le3dPAvemA3gLJN4Gj7eegXaEGWeO\n';

/** Starts a registry and waits until it answers. It dies with this process. */
export function startRegistry(options: RegistryOptions): Promise<RealRegistry> {
  return threeAttempts(async () => {
    const { dir } = options;
    const program = await registryBinary();
    const [port = 0] = await freePorts(1);
    await mkdir(dir, { recursive: true });
    await writeFile(join(dir, 'cert.pem'), options.cert);
    await writeFile(join(dir, 'key.pem'), options.key);
    await writeFile(join(dir, 'htpasswd'), passwords);
    await writeFile(join(dir, 'jwks.json'), JSON.stringify(options.auth.kind === 'token' ? options.auth.jwks : {}));
    await writeFile(join(dir, 'config.json'), JSON.stringify(configuration(options, port)));
    const flags = ['serve', join(dir, 'config.json')];
    const spec = { name: 'registry', program, flags, ready: () => answers(port) };
    return { port, dir, pids: await startProcesses([spec], { dir, owner: process.pid }) };
  });
}

/** YAML takes JSON. */
function configuration({ dir, data, auth }: RegistryOptions, port: number) {
  const basic = { htpasswd: { realm: 'registry', path: join(dir, 'htpasswd') } };
  return {
    version: '0.1',
    log: { level: 'error' },
    storage: { filesystem: { rootdirectory: data } },
    http: {
      addr: `127.0.0.1:${port}`,
      secret: 'of this test',
      tls: { certificate: join(dir, 'cert.pem'), key: join(dir, 'key.pem') },
    },
    auth: auth.kind === 'basic' ? basic : { token: tokenAuth(auth.realm, dir) },
  };
}

function tokenAuth(realm: string, dir: string) {
  return { realm, service: 'registry', issuer: 'test', jwks: join(dir, 'jwks.json'), signingalgorithms: ['ES256'] };
}

function answers(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
