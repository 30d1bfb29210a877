import type { ClusterWay } from '../../../../model/server-settings.ts';
import { createCredentials } from '../credentials.ts';
import { chooseContext } from '../kubeconfig.ts';
import { assertTrusted } from '../kubeconfig-trust.ts';
import { aksToken } from './aks-token.ts';
import { openArgoCluster } from './argocd-way.ts';
import { eksToken } from './eks-token.ts';
import { byToken, type Destination, type Entrance, openPod, type Surroundings } from './entrance.ts';
import { fileToken } from './file-token.ts';
import { gkeToken } from './gke-token.ts';

/**
 * Opens a way into a cluster. Only what says where the cluster is may be asked of others (Argo CD's); nothing is sent to the cluster
 * itself. Throws `FairleadError`: those of kubeconfigs, `way-broken`, `insecure-tls`, `argocd-secret`.
 */
export async function openWay(way: ClusterWay, to: Destination, around: Surroundings): Promise<Entrance> {
  const { clock } = around;
  switch (way.kind) {
    case 'kubeconfig':
      return openContext(way, to, around);
    case 'inCluster':
      return openPod(way, to, around);
    case 'serviceAccount':
      return byToken(way, fileToken(way.tokenFile, clock), { to, around });
    case 'argocd':
      return openArgoCluster(way, to, around);
    case 'eks':
      return byToken(way, eksToken({ ...way, clock }), { to, around });
    case 'gke':
      return byToken(way, gkeToken({ ...way, clock }), { to, around });
    case 'aks':
      return byToken(way, aksToken(way), { to, around });
    default:
      return way satisfies never;
  }
}

async function openContext(
  way: Extract<ClusterWay, { kind: 'kubeconfig' }>,
  { name, tls }: Destination,
  { kubeconfig, untrusted, proxies, clock, redactor }: Surroundings,
): Promise<Entrance> {
  const source = way.file === null ? kubeconfig : { paths: [way.file] };
  const config = await chooseContext(source, way.context);
  const distrust = way.leadsOut === true ? 'its path leads out of the folder of the server file' : null;
  await assertTrusted(source, config, { untrusted, distrust, mayBeInsecure: tls === 'insecure' });
  // chooseContext made sure that the context's cluster is defined
  const url = new URL(config.getCurrentCluster()?.server ?? '');
  const server = `${name} (${url.host})`;
  const user = config.getCurrentUser();
  for (const value of [user?.token, user?.password, user?.keyData]) if (value) redactor.learn(value);
  const namespace = config.getContextObject(way.context)?.namespace ?? null;
  return { url, server, credentials: createCredentials(config, { server, clock, proxies }), namespace };
}
