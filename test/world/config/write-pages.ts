/** Writes the pages of docs/ that are made of the options: `node test/world/config/write-pages.ts`. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { generatedPages } from './pages.ts';

const root = resolve(import.meta.dirname, '../../..');
for (const [path, text] of generatedPages()) writeFileSync(resolve(root, path), text);
