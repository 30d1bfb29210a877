import type { ClusterWay } from '../../../../model/server-settings.ts';
import { type ArgoCluster, readArgoCluster } from './argocd-secret.ts';
import { eksToken } from './eks-token.ts';
import {
  assertSafe,
  broken,
  type Destination,
  type Entrance,
  entrance,
  openOwnPod,
  type Surroundings,
} from './entrance.ts';
import { readRawSecret } from './raw-secrets.ts';
import type { TokenSource } from './token-credentials.ts';

type ArgoWay = Extract<ClusterWay, { kind: 'argocd' }>;

/** A rotated token is found after so many milliseconds, or at once after a 401. */
const rereadMs = 30_000;

/** The way a cluster Secret of Argo CD describes, read by the plan identity of the cluster Argo CD lives in. */
export async function openArgoCluster(way: ArgoWay, to: Destination, around: Surroundings): Promise<Entrance> {
  const first = await readSecret(way, to, around);
  const url = new URL(first.server);
  assertSafe(url, to);
  if (first.insecure && to.tls !== 'insecure')
    throw broken(
      to.name,
      `the Secret ${subjectOf(way)} wants its certificate unchecked`,
      'Put caData into it, or write `tls: insecure` for the cluster.',
    );
  for (const value of [first.tls.key, first.basic?.password])
    if (value !== undefined && value !== '') around.redactor.learn(value);
  const tls = first.insecure ? { ...first.tls, rejectUnauthorized: false } : first.tls;
  const route = { url, tls, proxyUrl: first.proxyUrl, proxies: around.proxies };
  const basic =
    first.basic === null
      ? undefined
      : `Basic ${Buffer.from(`${first.basic.username}:${first.basic.password}`).toString('base64')}`;
  const fixed = basic === undefined ? {} : { authorization: basic };
  return entrance(route, sourceOf(first, way, { to, around }), { to, around, ...fixed });
}

function sourceOf(
  first: ArgoCluster,
  way: ArgoWay,
  { to, around }: { readonly to: Destination; readonly around: Surroundings },
): TokenSource | null {
  const { clock } = around;
  if (first.eksCluster !== null) return eksToken({ cluster: first.eksCluster, region: regionOf(first.server), clock });
  if (first.bearerToken === null) return null;
  return {
    origin: `the Secret ${subjectOf(way)} of Argo CD`,
    remedy: 'Let the plan identity of the cluster Argo CD lives in get this Secret.',
    token: async () => {
      const { bearerToken } = await readSecret(way, to, around);
      if (bearerToken === null)
        throw broken(to.name, `the Secret ${subjectOf(way)} has no bearerToken any more`, 'Restart the server.');
      return { value: bearerToken, freshUntil: clock.now() + rereadMs, expiresAt: Number.POSITIVE_INFINITY };
    },
  };
}

/** `https://HASH.gr7.eu-west-1.eks.amazonaws.com`: AWS names the region in it. */
function regionOf(server: string): string {
  return /\.([a-z0-9-]+)\.eks\.amazonaws\.com/.exec(server)?.[1] ?? 'us-east-1';
}

async function readSecret(way: ArgoWay, to: Destination, around: Surroundings): Promise<ArgoCluster> {
  const { from, namespace, secret: name } = way;
  const home = await (from === null ? openOwnPod(around) : around.other(from));
  const secret = await readRawSecret(home, { namespace, name }, around);
  return readArgoCluster(secret, `${subjectOf(way)} of cluster ${to.name}`);
}

function subjectOf({ namespace, secret }: ArgoWay): string {
  return `${namespace}/${secret}`;
}
