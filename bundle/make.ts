import { copyFile, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import { build, type Plugin } from 'esbuild';

/** The folder that holds `src`. */
export const root = resolve(import.meta.dirname, '..');

/** The program of a bundle, in its folder. */
export const program = 'fairlead.cjs';

/** Packages that a review loads; those of a server alone, and of other commands, are loaded as they are. */
const bundled: ReadonlySet<string> = new Set([
  '@kubernetes/client-node',
  'ajv',
  'commander',
  'diff',
  'js-yaml',
  're2js',
  'undici',
  'yaml',
]);

/** Writes one script for the program and one for each kind of its threads into a folder, which is made anew. Throws when a source is broken. */
export async function makeBundle(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  const workers = await workerScripts();
  const entryPoints = {
    main: join(root, 'src/main.ts'),
    ...Object.fromEntries(workers.map((path) => [nameOf(path), join(root, path)])),
  };
  await build({
    entryPoints,
    outdir: folder,
    ...{ bundle: true, platform: 'node', format: 'cjs', target: 'node24', logLevel: 'error' },
    ...{ banner: { js: '(function (require, module, __place) {' }, footer: { js: '})' } },
    plugins: [places, packages],
  });
  for (const name of Object.keys(entryPoints)) await escapeScript(join(folder, `${name}.js`));
  await copyFile(join(import.meta.dirname, 'launch.cjs'), join(folder, 'launch.cjs'));
  await writeFile(join(folder, program), programText(folder));
  for (const path of workers) await writeFile(join(folder, `${nameOf(path)}.cjs`), launchText(folder, nameOf(path)));
}

/** What esbuild leaves as it is, in patterns and in templates with a tag, means the same when it is escaped; `places` sees to the rest. */
async function escapeScript(file: string): Promise<void> {
  const text = await readFile(file, 'utf8');
  const ascii = text.replaceAll(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
  if (ascii !== text) await writeFile(file, ascii);
}

function programText(folder: string): string {
  return `#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
const { enableCompileCache } = require('node:module');
const { launch } = require('./launch.cjs');

// For the packages that are not in the bundle.
const { directory } = enableCompileCache();
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory;
${launchCall(folder, 'main')}`;
}

function launchText(folder: string, name: string): string {
  return `const { launch } = require('./launch.cjs');\n\n${launchCall(folder, name)}`;
}

/** A folder in the checkout may go elsewhere with it. */
function launchCall(folder: string, name: string): string {
  const path = relative(folder, root);
  const place = /^\.\.(?:\/\.\.)*$/.test(path)
    ? `require('node:path').join(__dirname, '${path}')`
    : JSON.stringify(root);
  return `launch('${name}', ${place});\n`;
}

/** A place in the sources that starts a thread or a process of a script beside it. */
const workerPlace = /workerScript\(import\.meta\.url, '\.\/([\w-]+)'\)/g;

/** Paths from the root of all scripts that threads and child processes run. */
async function workerScripts(): Promise<readonly string[]> {
  const files = await readdir(join(root, 'src'), { recursive: true });
  const found = new Set<string>();
  for (const file of files.filter((name) => name.endsWith('.ts'))) {
    const text = await readFile(join(root, 'src', file), 'utf8');
    for (const [, name] of text.matchAll(workerPlace)) found.add(join('src', dirname(file), `${name}.ts`));
  }
  return [...found].sort();
}

/** `src/formats/yaml/worker.ts` is `formats-yaml-worker`. */
function nameOf(path: string): string {
  return path
    .replace(/^src\//, '')
    .replace(/\.ts$/, '')
    .replaceAll('/', '-');
}

/** Files beside a source stay where they are, and are found from there. */
const places: Plugin = {
  name: 'places',
  setup: ({ onLoad }) => {
    onLoad({ filter: /\.ts$/ }, async ({ path }) => {
      const from = relative(root, path);
      const text = await readFile(path, 'utf8');
      if (/String\.raw`[^`]*[^\0-\x7f]/.test(text)) throw new Error(`${from}: String.raw takes ASCII only`);
      const contents = text
        .replaceAll(workerPlace, (_, name) => `__place.worker('${nameOf(join(dirname(from), `${name}.ts`))}')`)
        .replaceAll('import.meta.dirname', `__place.folder('${dirname(from)}')`)
        .replaceAll('import.meta.url', `__place.url('${from}')`);
      return { contents, loader: 'ts' };
    });
  },
};

/** A package is bundled with all it needs, or not at all. */
const packages: Plugin = {
  name: 'packages',
  setup: ({ onResolve }) => {
    // As `loadKubeConfigClass` has it.
    onResolve({ filter: /^\.\/gen\/index\.js$/ }, ({ importer }) =>
      importer.endsWith('client-node/dist/config.js')
        ? { path: join(root, 'src/world/cluster/kubernetes/no-api-clients.ts') }
        : null,
    );
    onResolve({ filter: /^[^./]/ }, ({ path, importer }) => {
      const name = /^(?:@[^/]+\/)?[^/]+/.exec(path)?.[0] ?? path;
      const isOurs = importer.startsWith(join(root, 'src'));
      return isOurs && !path.startsWith('node:') && !bundled.has(name) ? { path, external: true } : null;
    });
  },
};
