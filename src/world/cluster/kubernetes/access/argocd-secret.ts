import { parseJson } from '../../../../formats/json.ts';
import { FairleadError } from '../../../../model/error.ts';
import { isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../../model/json.ts';

/** What a cluster Secret of Argo CD says of the way into its cluster. */
export interface ArgoCluster {
  readonly server: string;
  readonly tls: { readonly ca?: string; readonly cert?: string; readonly key?: string; readonly servername?: string };
  readonly insecure: boolean;
  readonly bearerToken: string | null;
  readonly basic: { readonly username: string; readonly password: string } | null;
  readonly eksCluster: string | null;
  readonly proxyUrl: string | null;
}

/**
 * Reads a cluster Secret as "Declarative Setup, Clusters" of Argo CD's documentation describes it. Throws `FairleadError`
 * `argocd-secret`: one that asks for a program, for another role or profile of AWS, or is none.
 */
export function readArgoCluster(secret: JsonObject, subject: string): ArgoCluster {
  const label = pickText(secret, 'metadata', 'labels', 'argocd.argoproj.io/secret-type');
  if (label !== 'cluster')
    throw refusal(subject, 'is no cluster Secret: it lacks the label argocd.argoproj.io/secret-type: cluster');
  const server = dataOf(secret, 'server');
  if (!/^https?:$/.test(URL.parse(server)?.protocol ?? '')) throw refusal(subject, 'names no server');
  const config = configOf(dataOf(secret, 'config'), subject);
  const aws = awsOf(config, subject);
  if (pick(config, 'execProviderConfig') !== undefined)
    throw refusal(subject, 'asks for a program to be run (execProviderConfig), which is refused');
  const username = pickText(config, 'username');
  return {
    server,
    tls: tlsOf(config),
    insecure: pick(config, 'tlsClientConfig', 'insecure') === true,
    bearerToken: pickText(config, 'bearerToken') ?? null,
    basic: username === undefined ? null : { username, password: pickText(config, 'password') ?? '' },
    eksCluster: aws,
    proxyUrl: pickText(config, 'proxyUrl') || null,
  };
}

/** Name of the cluster in EKS; null where the Secret says nothing of AWS. */
function awsOf(config: JsonObject, subject: string): string | null {
  const aws = pick(config, 'awsAuthConfig');
  const asked = ['roleARN', 'profile'].find((key) => (pickText(aws, key) ?? '') !== '');
  if (asked === undefined) return pickText(aws, 'clusterName') ?? null;
  throw refusal(subject, `asks for another ${asked} of AWS, which Fairlead does not take on`);
}

function dataOf(secret: JsonObject, key: string): string {
  return Buffer.from(pickText(secret, 'data', key) ?? '', 'base64').toString('utf8');
}

function configOf(text: string, subject: string): JsonObject {
  let config: Json;
  try {
    config = parseJson(text === '' ? '{}' : text);
  } catch {
    // The parser's words may quote the token.
    throw refusal(subject, 'holds a config that is not JSON');
  }
  if (isJsonObject(config)) return config;
  throw refusal(subject, 'holds a config that is no object');
}

function tlsOf(config: JsonObject): ArgoCluster['tls'] {
  const decoded = (name: string) =>
    Buffer.from(pickText(config, 'tlsClientConfig', name) ?? '', 'base64').toString('utf8');
  const found = {
    ca: decoded('caData'),
    cert: decoded('certData'),
    key: decoded('keyData'),
    servername: pickText(config, 'tlsClientConfig', 'serverName') ?? '',
  };
  return Object.fromEntries(Object.entries(found).filter(([, value]) => value !== ''));
}

function refusal(subject: string, what: string): FairleadError {
  return new FairleadError({
    code: 'argocd-secret',
    subject,
    message: `the Secret ${subject} ${what}`,
    remedy: 'Choose another way into this cluster in the file of the server, such as a service account token.',
  });
}
