import type { ClusterIdentity } from '../../model/argocd-knowledge.ts';
import { isJsonObject, type JsonObject, pick, pickObject, pickText, pickTexts } from '../../model/json.ts';

/** What a cluster Secret of Argo CD says, or what makes one; null where that is encrypted, filled in later or not said. */
export interface ClusterSecret extends ClusterIdentity {
  readonly project: string | null;
  readonly labels: Texts;
  readonly annotations: Texts;
}

type Texts = Readonly<Record<string, string>>;

const typeLabel = 'argocd.argoproj.io/secret-type';

/** Whether a text may hold a Secret that makes a cluster known to Argo CD. */
export function maybeClusterSecret(text: Buffer): boolean {
  return text.includes(typeLabel) && text.includes('cluster');
}

/** Holds a copy of the Secret, credentials included. */
const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

/**
 * Reads a Secret, an ExternalSecret or a SealedSecret that makes a cluster known to Argo CD (3.5, `SecretToCluster`); null for every
 * other object. How the cluster is reached is not looked at.
 */
export function readClusterSecret(object: JsonObject): ClusterSecret | null {
  const shape = shapeOf(object);
  if (shape === null) return null;
  const labels = pickTexts(shape.metadata, 'labels');
  if (labels[typeLabel] !== 'cluster') return null;
  const { [lastApplied]: copy, ...annotations } = pickTexts(shape.metadata, 'annotations');
  return {
    secret: shape.secret,
    ...{ name: shape.read('name'), server: shape.read('server'), project: shape.read('project') },
    labels,
    // That there is one counts for templates, what it holds does not.
    annotations: copy === undefined ? annotations : { ...annotations, [lastApplied]: '' },
  };
}

interface Shape {
  readonly secret: string;
  readonly metadata: JsonObject;
  readonly read: (key: string) => string | null;
}

function shapeOf(object: JsonObject): Shape | null {
  const name = pickText(object, 'metadata', 'name') ?? '';
  switch (pickText(object, 'kind')) {
    case 'Secret':
      return { secret: name, metadata: pickObject(object, 'metadata'), read: (key) => dataOf(object, key) };
    case 'SealedSecret':
      return templated(pickObject(object, 'spec', 'template'), name);
    case 'ExternalSecret':
      return externalShape(object, name);
    default:
      return null;
  }
}

/** One without a template of its own gives the Secret its labels. */
function externalShape(object: JsonObject, name: string): Shape {
  const secret = pickText(object, 'spec', 'target', 'name') ?? name;
  const template = pick(object, 'spec', 'target', 'template');
  if (isJsonObject(template)) return templated(template, secret);
  return { secret, metadata: pickObject(object, 'metadata'), read: () => null };
}

function templated(template: JsonObject, secret: string): Shape {
  const read = (key: string) => plain(pickText(template, 'data', key));
  return { secret, metadata: pickObject(template, 'metadata'), read };
}

/** What is not there at all is empty; `stringData` wins, as in the API server. */
function dataOf(object: JsonObject, key: string): string | null {
  const text = pickText(object, 'stringData', key);
  if (text !== undefined) return plain(text);
  const encoded = pickText(object, 'data', key);
  if (encoded === undefined) return '';
  return plain(encoded) === null ? null : Buffer.from(encoded, 'base64').toString('utf8');
}

/** Nothing that SOPS encrypted, and no template of something else. */
function plain(text: string | undefined): string | null {
  return text === undefined || text.startsWith('ENC[') || text.includes('{{') ? null : text;
}
