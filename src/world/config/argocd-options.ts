import type { Option } from './option.ts';
import { group, pattern, required, text, webAddress } from './shapes.ts';

const clusterName = pattern('^[^\\s\\x00-\\x1f]{1,253}$', 'the name Argo CD has for a cluster');

const projectName = pattern('^[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?$', 'the name of an AppProject');

const metadataKey = pattern(
  '^(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
  'the key of a label or annotation',
);

const labelValue = pattern('^(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$', 'the value of a label');

const annotationValue = pattern('^[^\\x00]{0,10000}$', 'a text of at most 10000 characters');

const clusterOptions: readonly Option[] = [
  required(text('server', 'Address of its API server, as Argo CD has it.', webAddress, 'https://10.0.0.1:6443')),
  text('project', 'The AppProject it belongs to; all when left out.', projectName, 'shop'),
  {
    name: 'labels',
    text: 'Labels of its Secret, by which generators choose it.',
    shape: { kind: 'named', word: 'KEY', names: metadataKey, of: { kind: 'text', rule: labelValue } },
    default: {},
    examples: [{ env: 'prod' }],
  },
  {
    name: 'annotations',
    text: 'Annotations of its Secret, which templates may name.',
    shape: { kind: 'named', word: 'KEY', names: metadataKey, of: { kind: 'text', rule: annotationValue } },
    default: {},
    examples: [{ 'acme.example/region': 'eu' }],
  },
];

/** What an Argo CD knows that no repository says. */
export const argocdOptions: readonly Option[] = [
  {
    name: 'clusters',
    text: 'The clusters of Argo CD, by their names there, for the `clusters` generator of ApplicationSets. Without any, they are not known.',
    shape: { kind: 'named', word: 'CLUSTER', names: clusterName, of: group(clusterOptions) },
    default: {},
    examples: [{ 'prod-eu': { server: 'https://10.0.0.1:6443', labels: { env: 'prod' } } }],
  },
];
