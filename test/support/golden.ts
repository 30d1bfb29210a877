import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { expect } from '@jest/globals';

const folder = resolve(import.meta.dirname, '../golden');

/** Compares a text with `test/golden/NAME` byte by byte; `FAIRLEAD_GOLDEN=write` writes the file instead. */
export function expectGolden(name: string, text: string): void {
  const path = resolve(folder, name);
  if (process.env['FAIRLEAD_GOLDEN'] === 'write') {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
    return;
  }
  expect(existsSync(path) ? readFileSync(path, 'utf8') : `no file test/golden/${name}`).toBe(text);
}
