import { resolve } from 'node:path';
import { makeBundle, program } from './make.ts';
import { trainBundle } from './train.ts';

/** `npm run build [-- FOLDER]`: the program as a few scripts that start fast, in `build` or a folder that is made anew. */
const folder = resolve(process.argv[2] ?? 'build');
process.stdout.write(`writing ${folder}\n`);
await makeBundle(folder);
process.stdout.write('running it, to keep what it compiles\n');
await trainBundle(folder);
process.stdout.write(`done: node ${folder}/${program}\n`);
