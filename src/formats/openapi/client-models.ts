import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { FairleadError } from '../../model/error.ts';

/** One field of a model class. `type` is as the library writes it: `string`, `Array<V1Container>`, `IntOrString`, ... */
export interface ModelField {
  readonly name: string;
  readonly type: string;
  readonly format: string;
  readonly required: boolean;
}

/** One model class of the client library, such as `V1Deployment`. */
export interface Model {
  readonly className: string;
  readonly fields: readonly ModelField[];
}

/** A kind that can be created, and the class of its body. */
export interface ServedKind {
  readonly group: string;
  readonly version: string;
  readonly className: string;
  readonly namespaced: boolean;
}

/** What the client library says about the Kubernetes API. */
export interface ClientLibrary {
  readonly version: string;
  readonly models: readonly Model[];
  readonly kinds: readonly ServedKind[];
}

/**
 * Reads the model classes and API paths out of the installed @kubernetes/client-node, as text: its generated modules
 * are data in the shape of code, and reading is faster than importing them. Throws `FairleadError` code
 * `schema-bundle-failed` when the library does not look as expected.
 */
export async function readClientLibrary(): Promise<ClientLibrary> {
  const { folder, version } = await locate();
  const models = await readModels(join(folder, 'models'));
  const kinds = await readKinds(join(folder, 'apis'));
  if (models.length < 100 || kinds.length < 50) {
    throw brokenLibrary(`${models.length} models and ${kinds.length} kinds were found`);
  }
  return { version, models, kinds };
}

/** Version of the installed library: the key of everything derived from it. */
export async function clientLibraryVersion(): Promise<string> {
  return (await locate()).version;
}

async function locate(): Promise<{ readonly folder: string; readonly version: string }> {
  const dist = dirname(createRequire(import.meta.url).resolve('@kubernetes/client-node'));
  const manifest: unknown = JSON.parse(await readFile(join(dist, '..', 'package.json'), 'utf8'));
  const version = (manifest as { readonly version?: unknown }).version;
  if (typeof version !== 'string') throw brokenLibrary('its package.json has no version');
  return { folder: join(dist, 'gen'), version };
}

async function readModels(folder: string): Promise<readonly Model[]> {
  const names = (await readdir(folder)).filter((name) => name.endsWith('.d.ts')).map((name) => name.slice(0, -5));
  const models = await Promise.all(names.map((name) => readModel(folder, name)));
  return models.filter((model) => model !== null);
}

async function readModel(folder: string, className: string): Promise<Model | null> {
  const [code, types] = await Promise.all([
    readFile(join(folder, `${className}.js`), 'utf8'),
    readFile(join(folder, `${className}.d.ts`), 'utf8'),
  ]);
  const list = /\.attributeTypeMap = (\[.*?\n\]|\[\]);/s.exec(code)?.[1];
  if (list === undefined) return null;
  const required = new Set([...types.matchAll(/^ {4}'([^']+)': /gm)].map((match) => match[1]));
  // The list is JSON: the generator prints it so, and a change of that fails here loudly.
  const attributes = JSON.parse(list) as readonly Readonly<Record<'name' | 'baseName' | 'type' | 'format', string>>[];
  const fields = attributes.map(({ name, baseName, type, format }) => {
    return { name: baseName, type, format, required: required.has(name) };
  });
  return { className, fields };
}

const createCall =
  /localVarPath = '\/(?:api|apis\/([^/']+))\/([^/']+)\/(namespaces\/\{namespace\}\/)?[^/']+'.*?serialize\(body, "(\w+)"/s;

async function readKinds(folder: string): Promise<readonly ServedKind[]> {
  const files = (await readdir(folder)).filter((name) => /V\d+(?:(?:alpha|beta)\d+)?Api\.js$/.test(name));
  const texts = await Promise.all(files.map((name) => readFile(join(folder, name), 'utf8')));
  return texts.flatMap((text) => createCalls(text));
}

function createCalls(text: string): readonly ServedKind[] {
  const methods = text.split(/^ {4}(?=async )/m).filter((method) => method.startsWith('async create'));
  return methods.flatMap((method) => {
    const match = createCall.exec(method);
    if (match === null) return [];
    const [, group = '', version = '', namespace, className = ''] = match;
    return [{ group, version, className, namespaced: namespace !== undefined }];
  });
}

function brokenLibrary(fact: string): FairleadError {
  return new FairleadError({
    code: 'schema-bundle-failed',
    message: `The schemas of the built-in kinds could not be derived from @kubernetes/client-node: ${fact}.`,
    subject: '@kubernetes/client-node',
    remedy: 'Install the dependencies again with npm ci.',
  });
}
