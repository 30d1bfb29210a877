import { readFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';

const checkout = resolve(import.meta.dirname, '../../..');

/** Where the Go source of the WebAssembly modules stands. */
export const sourceDir = join(checkout, 'wasm');

/** The text of app.yml. */
export function appYaml(): Promise<string> {
  return readFile(join(checkout, 'app.yml'), 'utf8');
}
