import type { HelmOptions } from '../../model/declared.ts';
import { FairleadError } from '../../model/error.ts';
import { isJsonObject, type Json, type JsonObject } from '../../model/json.ts';
import { invalid } from './document.ts';
import { type BuildEnvironment, substitute } from './environment.ts';
import type { Fields } from './fields.ts';

/** The first document of a YAML text. Throws `FairleadError` `decode-failed`. */
export type ParseYaml = (text: string) => Json;

/** What a values file or file parameter may refer to. */
export interface References {
  /** Names of sources with a `ref`. */
  readonly names: ReadonlySet<string>;
  /** Whether `spec.sources` is used: then whatever starts with `$` must be a reference. */
  readonly isMultiple: boolean;
}

/**
 * Reads `spec.source.helm` as the repo-server does (Argo CD 3.5, reposerver/repository `helmTemplate`): `valuesObject` hides
 * `values`; parameters by name, the forced strings after the others as Helm takes them; build environment in values files,
 * parameters and file parameters only.
 */
export function readHelm(
  helm: Fields,
  environment: BuildEnvironment,
  { references, parseYaml }: { readonly references: References; readonly parseYaml: ParseYaml },
): HelmOptions {
  const version = helm.text('version');
  if (!['', 'v3', 'v4'].includes(version)) {
    helm.problems.push(invalid(helm.pointer('version'), `helm version '${version}' is not supported`));
  }
  const fill = (path: string, pointer: string) => {
    checkReference(path, pointer, { helm, references });
    return fillPath(path, environment, references);
  };
  return {
    releaseName: helm.text('releaseName') || null,
    namespace: helm.text('namespace') || null,
    valuesFiles: helm.texts('valueFiles').map((path, index) => fill(path, helm.pointer('valueFiles', index))),
    ignoreMissingValuesFiles: helm.flag('ignoreMissingValueFiles'),
    values: readValues(helm, parseYaml),
    parameters: readParameters(helm, environment),
    fileParameters: lastByName(
      helm
        .items('fileParameters')
        .map((item) => ({ name: item.text('name'), path: fill(item.text('path'), item.pointer('path')) })),
    ),
    skipCrds: helm.flag('skipCrds'),
    skipTests: helm.flag('skipTests'),
    skipSchemaValidation: helm.flag('skipSchemaValidation'),
    kubeVersion: helm.text('kubeVersion') || null,
    apiVersions: helm.texts('apiVersions'),
    // The version's name changes nothing since Argo CD 3.4: there is one Helm, the controller's.
    engine: null,
  };
}

/** A path that starts with a reference keeps it, and only what follows is filled. */
function fillPath(path: string, environment: BuildEnvironment, { names }: References): string {
  const [first = '', ...rest] = path.split('/');
  if (!first.startsWith('$') || !names.has(first.slice(1))) return substitute(path, environment);
  return [first, substitute(rest.join('/'), environment)].join('/');
}

function checkReference(
  path: string,
  pointer: string,
  { helm, references }: { readonly helm: Fields; readonly references: References },
): void {
  const name = path.split('/')[0] ?? '';
  if (!references.isMultiple || !path.startsWith('$') || references.names.has(name.slice(1))) return;
  const known = [...references.names].map((one) => `$${one}`).join(', ');
  const message =
    known === ''
      ? `source referenced "${name}", but no source has a 'ref' field defined`
      : `source referenced "${name}", which is not one of the available sources (${known})`;
  helm.problems.push(invalid(pointer, message));
}

function readValues(helm: Fields, parseYaml: ParseYaml): readonly JsonObject[] {
  const object = helm.json('valuesObject');
  const text = helm.text('values');
  if (object !== null) return [object];
  if (text === '') return [];
  const refuse = (why: string) => {
    helm.problems.push(invalid(helm.pointer('values'), `${helm.name('values')} is no YAML mapping: ${why}`));
    return [];
  };
  try {
    const value = parseYaml(text) ?? {};
    return isJsonObject(value) ? [value] : refuse('it is another value');
  } catch (fault) {
    if (!(fault instanceof FairleadError)) throw fault;
    return refuse(fault.message);
  }
}

function readParameters(helm: Fields, environment: BuildEnvironment): HelmOptions['parameters'] {
  const all = helm.items('parameters').map((item) => ({
    name: item.text('name'),
    value: escapeCommas(substitute(item.text('value'), environment)),
    isString: item.flag('forceString'),
  }));
  return [false, true].flatMap((isString) => lastByName(all.filter((one) => one.isString === isString)));
}

/** Go keeps them in a map: the last of a name counts. */
function lastByName<T extends { readonly name: string }>(items: readonly T[]): readonly T[] {
  return [...new Map(items.map((item) => [item.name, item])).values()];
}

/** A comma is text, not the start of another assignment, except in a list `{a,b}` (util/helm `cleanSetParameters`). */
function escapeCommas(value: string): string {
  return value.startsWith('{') && value.endsWith('}') ? value : value.replace(/(?<!\\),/g, String.raw`\,`);
}
