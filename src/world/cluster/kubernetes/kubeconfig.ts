import { readFile } from 'node:fs/promises';
import { delimiter, dirname, join } from 'node:path';
import type { KubeConfig } from '@kubernetes/client-node';
import { FairleadError } from '../../../model/error.ts';
import { loadKubeConfigClass } from './kubeconfig-class.ts';

/** Where the kubeconfig is: files (merged as kubectl does: the first to name a thing wins) or its text. */
export type KubeconfigSource = { readonly paths: readonly string[] } | { readonly text: string };

/** One context of a kubeconfig. */
export interface KubeContext {
  readonly name: string;
  /** The API server's address. */
  readonly server: string;
  /** The namespace of objects that name none; null is `default`. */
  readonly namespace: string | null;
}

/** What a kubeconfig offers. */
export interface KubeconfigSummary {
  readonly contexts: readonly KubeContext[];
  /** The current context, or null. */
  readonly current: string | null;
}

/** The files kubectl would read: `KUBECONFIG` (several, joined like PATH), else `~/.kube/config`. */
export function defaultKubeconfigPaths(environment: {
  readonly KUBECONFIG?: string | undefined;
  readonly HOME?: string | undefined;
}): readonly string[] {
  const named = (environment.KUBECONFIG ?? '').split(delimiter).filter((path) => path !== '');
  if (named.length > 0) return named;
  return environment.HOME ? [join(environment.HOME, '.kube', 'config')] : [];
}

/** Reads the contexts. Throws `FairleadError` `kubeconfig-unreadable`. */
export async function readKubeconfig(source: KubeconfigSource): Promise<KubeconfigSummary> {
  const config = await loadKubeconfig(source);
  const contexts = config.getContexts().map(({ name, cluster, namespace }) => ({
    name,
    server: config.getCluster(cluster)?.server ?? '',
    namespace: namespace ?? null,
  }));
  return { contexts, current: config.getCurrentContext() || null };
}

/**
 * The kubeconfig with one context chosen. Throws `FairleadError`: `kubeconfig-unreadable`, `unknown-context` (listing
 * the known ones).
 */
export async function chooseContext(source: KubeconfigSource, context: string): Promise<KubeConfig> {
  const config = await loadKubeconfig(source);
  const names = config.getContexts().map(({ name }) => name);
  if (!names.includes(context)) throw unknownContext(context, names);
  config.setCurrentContext(context);
  const cluster = config.getContextObject(context)?.cluster ?? '';
  const defined = config.getCluster(cluster);
  if (defined === null) {
    throw unreadable(describe(source), `its context ${context} names cluster "${cluster}", which it does not define`);
  }
  if (!/^https?:$/.test(URL.parse(defined.server)?.protocol ?? '')) {
    throw unreadable(describe(source), `the server of its cluster "${cluster}" is no http or https address`);
  }
  return config;
}

async function loadKubeconfig(source: KubeconfigSource): Promise<KubeConfig> {
  const Config = await loadKubeConfigClass();
  if ('text' in source) return parse(Config, source.text, 'the given text', null);
  const texts = await Promise.all(source.paths.map((path) => readText(path, source.paths.length > 1)));
  const found = source.paths.flatMap((path, index) => {
    const text = texts[index];
    return typeof text === 'string' ? [parse(Config, text, path, dirname(path))] : [];
  });
  if (found.length === 0) throw unreadable(describe(source), 'there is no such file');
  return merge(Config, found);
}

/** Like kubectl: of several files, those that do not exist are passed over. */
async function readText(path: string, mayBeAbsent: boolean): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException; // node:fs throws nothing else
    if (code === 'ENOENT' && mayBeAbsent) return null;
    throw unreadable(path, code === 'ENOENT' ? 'there is no such file' : `it cannot be read (${code})`);
  }
}

function parse(Config: typeof KubeConfig, text: string, subject: string, folder: string | null): KubeConfig {
  if (text.trim() === '') throw unreadable(subject, 'it is empty');
  const config = new Config();
  try {
    config.loadFromString(text);
  } catch (cause) {
    throw unreadable(subject, reasonOf(cause));
  }
  if (config.getContexts().length === 0) throw unreadable(subject, 'it holds no contexts');
  if (folder !== null) config.makePathsAbsolute(folder);
  return config;
}

/** A YAML error quotes the lines around it, which may hold a token: only its reason and line are passed on. */
function reasonOf(cause: unknown): string {
  if (!(cause instanceof Error)) return 'it is not a kubeconfig';
  const { reason, mark } = cause as { readonly reason?: unknown; readonly mark?: { readonly line?: unknown } };
  if (typeof reason === 'string') return `line ${Number(mark?.line) + 1} is not valid YAML: ${reason}`;
  return /^(clusters|users|contexts)\[\d+\][\w.]* is missing$/.test(cause.message)
    ? cause.message
    : 'it is not a kubeconfig';
}

function merge(Config: typeof KubeConfig, found: readonly KubeConfig[]): KubeConfig {
  const config = new Config();
  config.loadFromOptions({
    clusters: firstOfEachName(found.flatMap((each) => each.getClusters())),
    users: firstOfEachName(found.flatMap((each) => each.getUsers())),
    contexts: firstOfEachName(found.flatMap((each) => each.getContexts())),
    currentContext: found.map((each) => each.getCurrentContext()).find((name) => Boolean(name)) ?? '',
  });
  return config;
}

function firstOfEachName<T extends { readonly name: string }>(things: readonly T[]): T[] {
  return things.filter(({ name }, index) => things.findIndex((thing) => thing.name === name) === index);
}

function unknownContext(context: string, names: readonly string[]): FairleadError {
  return new FairleadError({
    code: 'unknown-context',
    message: `The kubeconfig has no context "${context}"; it has ${names.join(', ')}.`,
    subject: context,
    remedy: 'Name one of these contexts, or set KUBECONFIG to the file that holds it.',
  });
}

function unreadable(subject: string, why: string): FairleadError {
  return new FairleadError({
    code: 'kubeconfig-unreadable',
    message: `The kubeconfig ${subject} cannot be used: ${why}.`,
    subject,
    remedy: 'Set KUBECONFIG to a kubeconfig that `kubectl config view` can read.',
  });
}

function describe(source: KubeconfigSource): string {
  if ('text' in source) return 'the given text';
  return source.paths.length === 0 ? '~/.kube/config' : source.paths.join(', ');
}
