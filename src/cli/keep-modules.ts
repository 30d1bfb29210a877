import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { ModuleName } from '../formats/wasm/locate-module.ts';
import { keepStarted } from '../formats/wasm/snapshot.ts';
import { moduleWarmUps } from '../gitops/validate/module-warm-ups.ts';

/** Keeps the modules of a folder as they have started, for an image that brings them: `node src/cli/keep-modules.ts FOLDER`. */
const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('say which folder holds the modules');
const warmUps = moduleWarmUps(join(import.meta.dirname, '../../policies'));
for (const file of (await readdir(folder)).filter((name) => name.endsWith('.wasm'))) {
  // A folder of modules holds one file for each of these names.
  const name = file.slice(0, -'.wasm'.length) as ModuleName;
  const isKept = await keepStarted(join(folder, file), await warmUps[name]?.());
  process.stdout.write(`${file}: ${isKept ? 'kept as started' : 'starts by itself'}\n`);
}
