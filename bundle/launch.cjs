// Plain JavaScript, and no module: it is copied beside the bundles it runs, and what loads modules takes longer to start than they do.
const { readFileSync, renameSync, statSync, writeFileSync } = require('node:fs');
const { createRequire } = require('node:module');
const { join } = require('node:path');
const { pathToFileURL } = require('node:url');
const { setFlagsFromString } = require('node:v8');
const vm = require('node:vm');
const { isMainThread, threadId } = require('node:worker_threads');

const folder = __dirname;

/** Set while a bundle is made: what a run has compiled is kept. */
const isTraining = process.env.FAIRLEAD_KEEP_COMPILED === folder;
if (isTraining) setFlagsFromString('--no-flush-bytecode');

/**
 * Runs a bundle with the functions that were compiled for it before. Node's own compile cache keeps of a module what is compiled when it
 * is loaded, and that is nothing of what it does later.
 * @param {string} name
 * @param {string} root the folder that holds `src`
 */
exports.launch = (name, root) => {
  const cache = join(folder, cacheOf(name));
  // Packages that are not in the bundle are looked for from here.
  const filename = join(root, 'build', `${name}.js`);
  // Scripts are ASCII: the fastest to read.
  const script = new vm.Script(readFileSync(join(folder, `${name}.js`), 'latin1'), {
    ...{ filename, cachedData: read(cache) },
    importModuleDynamically: vm.constants.USE_MAIN_CONTEXT_DEFAULT_LOADER,
  });
  if (isTraining) keep(script, cache);
  script.runInThisContext()(createRequire(filename), { exports: {} }, {
    folder: (/** @type {string} */ path) => join(root, path),
    url: (/** @type {string} */ path) => pathToFileURL(join(root, path)).href,
    worker: (/** @type {string} */ worker) => pathToFileURL(join(folder, `${worker}.cjs`)),
  });
};

/**
 * A server compiles twice as much as any other command, and is in no hurry.
 * @param {string} name
 */
function cacheOf(name) {
  const isServer = name === 'main' && ['serve', 'demo'].includes(process.argv[2] ?? '');
  return isServer ? 'main-serve.cache' : `${name}.cache`;
}

/** @param {string} file */
function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined; // everything is compiled anew
  }
}

/**
 * @param {vm.Script} script
 * @param {string} file
 */
function keep(script, file) {
  const write = () => {
    // What V8 is told is part of what it keeps: only who is told the same may use it.
    setFlagsFromString('--flush-bytecode');
    const data = script.createCachedData();
    setFlagsFromString('--no-flush-bytecode');
    // Several threads run the same script: the one that did most is kept.
    if (data.length <= (statSync(file, { throwIfNoEntry: false })?.size ?? 0)) return;
    const part = `${file}.${process.pid}-${threadId}`;
    writeFileSync(part, data);
    renameSync(part, file);
  };
  if (isMainThread) process.on('exit', write);
  // A thread is ended without being told.
  else setInterval(write, 300).unref();
}
