import { readFile, realpath, stat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { FairleadError } from '../../../model/error.ts';
import { isLoopback } from './dispatcher.ts';
import type { KubeconfigSource } from './kubeconfig.ts';

/** What a kubeconfig may ask for. */
export interface KubeconfigGuard {
  /** Folders that hold what others wrote: the repository, the data folder. A kubeconfig inside them is not trusted. */
  readonly untrusted: readonly string[];
  /** Why it is not trusted wherever it lies; null: that depends on its place. */
  readonly distrust: string | null;
  /** Whether certificates may go unchecked. Loopback needs no leave. */
  readonly mayBeInsecure: boolean;
}

/** Keys that make a kubeconfig run a program or read files of this machine. */
const reaching = new Set([
  ...['exec', 'auth-provider', 'tokenFile', 'token-file'],
  ...['client-certificate', 'client-key', 'certificate-authority', 'insecure-skip-tls-verify', 'proxy-url'],
]);

/**
 * Refuses what a kubeconfig of an untrusted place asks for beyond an address, a certificate authority and a token, and certificates
 * that go unchecked without leave. `config` has its context chosen. Throws `FairleadError` `kubeconfig-untrusted`, `insecure-tls`.
 */
export async function assertTrusted(
  source: KubeconfigSource,
  config: KubeConfig,
  guard: KubeconfigGuard,
): Promise<void> {
  const paths = 'paths' in source ? source.paths : [];
  for (const path of paths) await assertFile(path, guard);
  const cluster = config.getCurrentCluster();
  if (cluster === null || !cluster.skipTLSVerify || guard.mayBeInsecure) return;
  if (isLoopback(new URL(cluster.server).hostname)) return;
  throw insecure(config.getCurrentContext());
}

async function assertFile(path: string, guard: KubeconfigGuard): Promise<void> {
  const why = guard.distrust ?? (await distrustOf(path, guard.untrusted));
  if (why === null) return;
  const text = await readFile(path, 'utf8').catch(() => '');
  const { parse } = await import('yaml');
  const [asked] = keysOf(parse(text, { maxAliasCount: 100 })).filter((key) => reaching.has(key));
  if (asked === undefined) return;
  throw new FairleadError({
    code: 'kubeconfig-untrusted',
    subject: path,
    message: `the kubeconfig ${path} is not trusted, as ${why}, and asks for ${asked}`,
    remedy:
      'Move it to a folder that only its owner writes, outside the repository; or keep only server, certificate-authority-data and token in it.',
  });
}

/** Why a file may come from somebody else; null when nothing says so. */
async function distrustOf(path: string, untrusted: readonly string[]): Promise<string | null> {
  const real = await realpath(path).catch(() => null);
  if (real === null) return null;
  for (const folder of untrusted) {
    const root = await realpath(folder).catch(() => folder);
    if (real.startsWith(root.endsWith(sep) ? root : `${root}${sep}`)) return `it lies inside ${folder}`;
  }
  const [file, folder] = await Promise.all([stat(real), stat(dirname(real))]);
  if ((file.mode & 0o002) !== 0) return 'everybody may write it';
  const isSticky = (folder.mode & 0o1000) !== 0;
  return (folder.mode & 0o002) !== 0 && !isSticky ? 'everybody may replace it' : null;
}

function keysOf(value: unknown): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, entry]) => [key, ...keysOf(entry)]);
}

function insecure(context: string): FairleadError {
  return new FairleadError({
    code: 'insecure-tls',
    subject: context,
    message: `the kubeconfig context ${context} wants the certificate of its API server unchecked (insecure-skip-tls-verify)`,
    remedy:
      'Put certificate-authority-data into it. To take the risk, write `tls: insecure` for the cluster in the file of the server, or name the context in FAIRLEAD_INSECURE_TLS.',
  });
}
