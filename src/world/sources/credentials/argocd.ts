import { type JsonObject, pickText } from '../../../model/json.ts';
import type { SecretStore } from '../../../model/secret-store.ts';
import type { ArgoCdHome } from '../../../model/server-settings.ts';
import { secretUnfit, secretUnread } from '../faults.ts';
import type { Offer } from './controller-lookup.ts';
import { type Covered, coveredBy } from './covered.ts';
import type { Credentials } from './credentials.ts';
import { clusterName, nameOf } from './secret-names.ts';

const typeLabel = 'argocd.argoproj.io/secret-type';

/** The credentials of Argo CD's repositories (`repository` and `repo-creds`). Rejects with `source-secret`. */
export async function argoCdOffers(home: ArgoCdHome, store: SecretStore): Promise<readonly Offer[]> {
  const labelSelector = `${typeLabel} in (repository,repo-creds)`;
  const secrets = await store.secrets({ ...home, labelSelector }).catch((cause) => {
    const what = `the repository Secrets of ${home.namespace} in ${clusterName(home.cluster)}`;
    throw secretUnread('sources.argocd', what, cause);
  });
  // Where both are for the same address, Argo CD takes the repository's own.
  const ordered = [...secrets].sort((one, other) => Number(isTemplate(one)) - Number(isTemplate(other)));
  return ordered.flatMap((secret) => offerOf(secret, home));
}

function isTemplate(secret: JsonObject): boolean {
  return pickText(secret, 'metadata', 'labels', typeLabel) === 'repo-creds';
}

/** A repository of one project only is left out: nobody knows here for which project something is fetched. */
function offerOf(secret: JsonObject, { cluster, namespace }: ArgoCdHome): readonly Offer[] {
  const data = dataOf(secret);
  const covered = coveredBy(data('url'), reachOf(secret, data));
  if (covered === null || data('project') !== '' || !credentialKeys.some((key) => isGiven(data(key)))) return [];
  const subject = nameOf({ cluster, namespace, name: pickText(secret, 'metadata', 'name') ?? '' });
  return [{ covered, credentials: async () => credentialsOf(data, subject) }];
}

type Data = (key: string) => string;

function dataOf(secret: JsonObject): Data {
  return (key) => Buffer.from(pickText(secret, 'data', key) ?? '', 'base64').toString('utf8');
}

/** Templates are compared as text, repositories of Git whole; what lies in one of Helm or OCI belongs to it. */
function reachOf(secret: JsonObject, data: Data): Covered['reach'] {
  if (isTemplate(secret)) return 'text';
  return data('type') === 'helm' || data('type') === 'oci' || data('enableOCI') === 'true' ? 'below' : 'itself';
}

/** Ways to show who one is that are not known here. A Secret with one of them says so when it is needed. */
const unsupported = [
  'sshPrivateKey',
  'tlsClientCertData',
  'githubAppPrivateKey',
  'gcpServiceAccountKey',
  'azureServicePrincipalClientSecret',
  'useAzureWorkloadIdentity',
] as const;

const credentialKeys = ['username', 'password', 'bearerToken', ...unsupported];

function isGiven(text: string): boolean {
  return text !== '' && text !== 'false';
}

/** As Argo CD shows them to Git: a bearer token first, a password without a user name as a token of GitHub. */
function credentialsOf(data: Data, subject: string): Credentials {
  const key = unsupported.find((name) => isGiven(data(name)));
  if (key !== undefined)
    throw secretUnfit(
      subject,
      `wants ${key} to be used for ${data('url')}, which is not supported`,
      'Give that host credentials of its own under sources.hosts in the file of the server.',
    );
  const [username, password, token] = ['username', 'password', 'bearerToken'].map(data);
  const isBearer = token !== undefined && token !== '';
  const isBasic = !isBearer && password !== undefined && password !== '';
  return {
    username: isBasic ? username || 'x-access-token' : null,
    password: isBasic ? password : null,
    token: isBearer ? token : null,
    ca: null,
  };
}
