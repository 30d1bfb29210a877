import type { KustomizeOptions } from '../../model/declared.ts';
import type { JsonObject } from '../../model/json.ts';
import { differs, invalid } from './document.ts';
import { type BuildEnvironment, substitute } from './environment.ts';
import type { Fields } from './fields.ts';

/**
 * Reads `spec.source.kustomize` as the repo-server does (Argo CD 3.5, util/kustomize `Build`): build environment in images and
 * common labels, in common annotations only with `commonAnnotationsEnvsubst`.
 */
export function readKustomize(kustomize: Fields, environment: BuildEnvironment): KustomizeOptions {
  const version = kustomize.text('version');
  if (version !== '') {
    const message = `${kustomize.name('version')} asks for kustomize ${version}, a program that only this Argo CD has; it is rendered with ours`;
    kustomize.problems.push(differs(kustomize.pointer('version'), message));
  }
  const fillAll = (map: Readonly<Record<string, string>>) =>
    Object.fromEntries(Object.entries(map).map(([key, value]) => [key, substitute(value, environment)]));
  const annotations = kustomize.map('commonAnnotations');
  return {
    namePrefix: kustomize.text('namePrefix'),
    nameSuffix: kustomize.text('nameSuffix'),
    namespace: kustomize.text('namespace') || null,
    images: kustomize.texts('images').map((image) => substitute(image, environment)),
    replicas: kustomize.items('replicas').map((item) => ({ name: item.text('name'), count: readCount(item) })),
    commonLabels: fillAll(kustomize.map('commonLabels')),
    labelWithoutSelector: kustomize.flag('labelWithoutSelector'),
    labelIncludeTemplates: kustomize.flag('labelIncludeTemplates'),
    forceCommonLabels: kustomize.flag('forceCommonLabels'),
    commonAnnotations: kustomize.flag('commonAnnotationsEnvsubst') ? fillAll(annotations) : annotations,
    forceCommonAnnotations: kustomize.flag('forceCommonAnnotations'),
    patches: kustomize.items('patches').map(readPatch),
    components: kustomize.texts('components'),
    ignoreMissingComponents: kustomize.flag('ignoreMissingComponents'),
  };
}

/** An integer, or one written as text. */
function readCount(item: Fields): number {
  const count = item.value['count'];
  const value = typeof count === 'string' && /^[+-]?\d+$/.test(count) ? Number(count) : count;
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  const message = `expected integer value for count. Received: ${typeof count === 'object' ? 'an object' : String(count)}`;
  item.problems.push(invalid(item.pointer('count'), message));
  return 0;
}

/** The fields that Argo CD knows; another would be dropped by the API server. */
function readPatch(patch: Fields): JsonObject {
  return Object.fromEntries(
    ['path', 'patch', 'target', 'options'].flatMap((key) => {
      const value = patch.value[key];
      return value === undefined || value === null ? [] : [[key, value]];
    }),
  );
}
