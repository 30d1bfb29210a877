import type { Option } from '../option.ts';
import { optional, pathText, pattern, required, text, webAddress } from '../shapes.ts';

const word = (is: string) => pattern('^[^\\s\\x00-\\x1f]{1,253}$', is);

const serverAddress = required(text('server', 'Address of the API server.', webAddress, 'https://10.0.0.1:6443'));

const caFile = text(
  'caFile',
  'PEM file of the authority that vouches for the API server; the public ones when left out.',
  pathText,
  '/etc/fairlead/prod-eu-ca.pem',
);

/** Where Kubernetes puts what a pod needs. */
const mounted = '/var/run/secrets/kubernetes.io/serviceaccount';

/** The ways into a cluster. `notProven`: tested against exchanges written from the vendor's documentation only. */
export const wayOptions: readonly Option[] = [
  way('kubeconfig', 'A context of a kubeconfig.', { context: 'prod-eu' }, [
    text('file', 'The kubeconfig; those of `KUBECONFIG` when left out.', pathText, '/etc/fairlead/kubeconfig'),
    required(text('context', 'The context.', word('the name of a kubeconfig context'), 'prod-eu')),
  ]),
  way('inCluster', 'The service account of the pod it runs in. The token is read again when it was renewed.', {}, [
    {
      ...text('tokenFile', 'Another token, such as a projected one of a second volume.', pathText, `${mounted}/token`),
      default: `${mounted}/token`,
    },
    {
      ...text('caFile', 'Who vouches for the API server.', pathText, `${mounted}/ca.crt`),
      default: `${mounted}/ca.crt`,
    },
  ]),
  way(
    'serviceAccount',
    'A token of a service account, from a file that is read again when it was renewed.',
    { server: 'https://10.0.0.1:6443', tokenFile: '/run/secrets/prod-eu-plan' },
    [
      serverAddress,
      caFile,
      required(text('tokenFile', 'File that holds the token.', pathText, '/run/secrets/prod-eu-plan')),
    ],
  ),
  way(
    'argocd',
    'A cluster Secret of Argo CD: bearer token, client certificate, or AWS. Programs to run are refused.',
    { secret: 'prod-eu' },
    [
      required(text('secret', 'Name of the Secret.', word('a name of a Secret'), 'cluster-prod-eu-1234')),
      { ...text('namespace', 'Namespace of Argo CD.', word('a name of a namespace'), 'argocd'), default: 'argocd' },
      text(
        'from',
        'The cluster of this file where Argo CD lives; its plan identity reads the Secret. The one it runs in when left out.',
        word('a name of a cluster'),
        'hub',
      ),
    ],
  ),
  way(
    'eks',
    `Amazon EKS, by the AWS credentials of the process (${notProven()}).`,
    { cluster: 'prod', region: 'eu-west-1', server: 'https://EXAMPLE.gr7.eu-west-1.eks.amazonaws.com' },
    [
      required(text('cluster', 'Name of the cluster in EKS.', word('a name of a cluster'), 'prod')),
      required(text('region', 'Its region.', pattern('^[a-z0-9-]{1,40}$', 'a region such as eu-west-1'), 'eu-west-1')),
      serverAddress,
      caFile,
    ],
  ),
  way(
    'gke',
    `Google GKE, by the application default credentials of the process, workload identity federation included (${notProven()}).`,
    { server: 'https://10.0.0.1' },
    [
      serverAddress,
      caFile,
      text(
        'credentialsFile',
        'Credentials other than the default ones (`GOOGLE_APPLICATION_CREDENTIALS`). A configuration that runs a program is refused.',
        pathText,
        '/etc/fairlead/gke.json',
      ),
    ],
  ),
  way(
    'aks',
    `Azure AKS with Entra ID, by workload identity (${notProven()}).`,
    { server: 'https://prod.hcp.westeurope.azmk8s.io' },
    [
      serverAddress,
      caFile,
      text(
        'tenantId',
        'Tenant; `AZURE_TENANT_ID` when left out.',
        word('a tenant id'),
        '00000000-0000-0000-0000-000000000000',
      ),
      text(
        'clientId',
        'Client; `AZURE_CLIENT_ID` when left out.',
        word('a client id'),
        '00000000-0000-0000-0000-000000000000',
      ),
      text(
        'tokenFile',
        'Federated token; `AZURE_FEDERATED_TOKEN_FILE` when left out.',
        pathText,
        '/var/run/secrets/azure/tokens/azure-identity-token',
      ),
    ],
  ),
];

function way(name: string, about: string, example: Option['default'], options: readonly Option[]): Option {
  return { name, text: about, shape: optional(options), default: null, examples: [example] };
}

function notProven(): string {
  return "not proven live: tested against the vendor's documented exchange only";
}
