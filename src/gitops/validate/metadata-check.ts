import type { Finding } from '../../model/finding.ts';
import { isJsonObject, type JsonObject, pickText } from '../../model/json.ts';
import type { Resource } from '../../model/resource.ts';
import type { Check } from './check.ts';
import { type At, findingAt, type Remark, valueAt } from './place.ts';

/** Names, labels and annotations, by the rules of apimachinery's `validation` package. */
export const metadataCheck: Check = {
  name: 'metadata',
  text: 'Names, namespaces, labels and annotations have the syntax the API server demands.',
  rules: ['metadata-name', 'metadata-label', 'metadata-annotation'],
  needs: [],
  run: (input) =>
    input.resources.flatMap((resource): readonly Finding[] =>
      remarksOn(resource).map((remark) => findingAt(resource, input.target, remark)),
    ),
};

/** Where objects carry the metadata of objects to come. */
const templates: readonly At[] = [
  ['spec', 'template', 'metadata'],
  ['spec', 'jobTemplate', 'metadata'],
  ['spec', 'jobTemplate', 'spec', 'template', 'metadata'],
];

function remarksOn(resource: Resource): readonly Remark[] {
  const { object } = resource;
  const named = [...nameRemarks(resource, object), ...definitionNameRemarks(resource), ...namespaceRemarks(object)];
  const labelled = [['metadata'], ...templates].flatMap((at) => {
    const metadata = valueAt(object, at);
    return isJsonObject(metadata) ? [...labelRemarks(metadata, at), ...annotationRemarks(metadata, at)] : [];
  });
  return [...named, ...labelled];
}

function nameRemarks(resource: Resource, object: JsonObject): readonly Remark[] {
  const name = valueAt(object, ['metadata', 'name']);
  if (name === undefined || name === null || name === '') {
    const hint = valueAt(object, ['metadata', 'generateName']) === undefined ? '' : ' generateName cannot be applied.';
    return [nameRemark(`metadata.name is missing.${hint}`, 'Add a name.', ['metadata'])];
  }
  if (typeof name !== 'string') return [];
  const rule = nameRule(resource);
  if (name.length <= rule.length && rule.pattern.test(name)) return [];
  return [nameRemark(`metadata.name ${JSON.stringify(clip(name))} is not ${rule.words}.`, null, ['metadata', 'name'])];
}

function nameRemark(message: string, fix: string | null, at: At): Remark {
  return { rule: 'metadata-name', severity: 'block', message, fix, at };
}

interface NameRule {
  readonly pattern: RegExp;
  readonly length: number;
  readonly words: string;
}

const subdomain: NameRule = {
  pattern: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?(?:\.[a-z0-9](?:[-a-z0-9]*[a-z0-9])?)*$/,
  length: 253,
  words: 'a DNS name: lower-case letters, digits, - and ., at most 253 characters',
};

const label: NameRule = {
  pattern: /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/,
  length: 63,
  words: 'a DNS label: lower-case letters, digits and -, at most 63 characters',
};

/** RBAC names such as `system:node` only have to fit into a URL. */
const pathSegment: NameRule = {
  pattern: /^(?!\.{1,2}$)[^/%]+$/,
  length: 253,
  words: 'a name without / and %',
};

/** The name goes into labels of the pods: of a CronJob with eleven characters more. */
const shortRules: Readonly<Record<string, NameRule>> = {
  'batch CronJob': { ...subdomain, length: 52, words: 'a DNS name of at most 52 characters' },
  'batch Job': { ...subdomain, length: 63, words: 'a DNS name of at most 63 characters' },
};

const labelKinds = new Set([' Namespace', ' Service', 'apps StatefulSet']);
const pathKinds = new Set([
  ' Event',
  'certificates.k8s.io ClusterTrustBundle',
  'events.k8s.io Event',
  'networking.k8s.io IPAddress',
]);

function nameRule({ id }: Resource): NameRule {
  const kind = `${id.group} ${id.kind}`;
  if (id.group === 'rbac.authorization.k8s.io' || pathKinds.has(kind)) return pathSegment;
  return shortRules[kind] ?? (labelKinds.has(kind) ? label : subdomain);
}

function definitionNameRemarks({ id, object }: Resource): readonly Remark[] {
  if (id.group !== 'apiextensions.k8s.io' || id.kind !== 'CustomResourceDefinition') return [];
  const plural = pickText(object, 'spec', 'names', 'plural');
  const group = pickText(object, 'spec', 'group');
  if (plural === undefined || group === undefined || id.name === `${plural}.${group}`) return [];
  return [
    nameRemark('metadata.name must be its plural name and its group.', `Write ${plural}.${group}.`, [
      'metadata',
      'name',
    ]),
  ];
}

function namespaceRemarks(object: JsonObject): readonly Remark[] {
  const namespace = valueAt(object, ['metadata', 'namespace']);
  if (typeof namespace !== 'string' || namespace === '') return [];
  if (label.pattern.test(namespace) && namespace.length <= label.length) return [];
  const at = ['metadata', 'namespace'];
  return [nameRemark(`metadata.namespace ${JSON.stringify(clip(namespace))} is not ${label.words}.`, null, at)];
}

function labelRemarks(metadata: JsonObject, at: At): readonly Remark[] {
  const { labels } = metadata;
  if (!isJsonObject(labels)) return [];
  return Object.entries(labels).flatMap(([key, value]) => {
    const path = [...at, 'labels', key];
    const remark = (message: string): Remark => ({
      rule: 'metadata-label',
      severity: 'block',
      message,
      fix: null,
      at: path,
    });
    if (!isQualifiedName(key)) return [remark(`the label key ${JSON.stringify(clip(key))} is not ${qualifiedWords}.`)];
    const isGood = typeof value !== 'string' || isLabelValue(value);
    const words = 'at most 63 letters, digits, -, _ and ., beginning and ending with a letter or digit';
    return isGood ? [] : [remark(`the value of label ${key} is not ${words}.`)];
  });
}

/** apimachinery: `TotalAnnotationSizeLimitB`. */
const maxAnnotationBytes = 256 * 1024;

function annotationRemarks(metadata: JsonObject, at: At): readonly Remark[] {
  const { annotations } = metadata;
  if (!isJsonObject(annotations)) return [];
  const remark = (message: string, path: At): Remark => {
    return { rule: 'metadata-annotation', severity: 'block', message, fix: null, at: path };
  };
  const keys = Object.keys(annotations).filter((key) => !isQualifiedName(key.toLowerCase()));
  const broken = keys.map((key) => {
    return remark(`the annotation key ${JSON.stringify(clip(key))} is not ${qualifiedWords}.`, [
      ...at,
      'annotations',
      key,
    ]);
  });
  const bytes = Object.entries(annotations).reduce((sum, [key, value]) => {
    return sum + Buffer.byteLength(key) + (typeof value === 'string' ? Buffer.byteLength(value) : 0);
  }, 0);
  if (bytes <= maxAnnotationBytes) return broken;
  return [
    ...broken,
    remark(`its annotations take ${bytes} bytes; ${maxAnnotationBytes} are allowed.`, [...at, 'annotations']),
  ];
}

const qualifiedWords = 'a name of at most 63 letters, digits, -, _ and ., after an optional DNS name and /';

function isQualifiedName(key: string): boolean {
  const parts = key.split('/');
  const name = parts.at(-1) ?? '';
  const prefix = parts.length === 2 ? parts[0] : null;
  if (parts.length > 2 || name === '' || !isLabelValue(name)) return false;
  return prefix === null || (prefix !== undefined && prefix.length <= 253 && subdomain.pattern.test(prefix));
}

function isLabelValue(value: string): boolean {
  return value.length <= 63 && /^(?:[A-Za-z0-9](?:[-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/.test(value);
}

function clip(text: string): string {
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
