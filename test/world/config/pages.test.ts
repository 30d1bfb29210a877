import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, test } from '@jest/globals';
import { exampleConfig } from '../../../src/world/config/config-reference.ts';
import { parseSettings } from '../../../src/world/config/parse-settings.ts';
import { parseServerSettings } from '../../../src/world/config/server/parse-server-settings.ts';
import { exampleServerConfig } from '../../../src/world/config/server/server-reference.ts';
import { generatedPages } from './pages.ts';

const root = resolve(import.meta.dirname, '../../..');

test.each([...generatedPages()])(
  '%s is what the options say; write-pages.ts beside this test renews it',
  (path, text) => {
    expect(readFileSync(resolve(root, path), 'utf8')).toBe(text);
  },
);

test('the example of the reference page is valid', () => {
  const { problems } = parseSettings(exampleConfig, { file: 'example', engines: ['apply'], clusters: null });

  expect(problems).toEqual([]);
});

test('the example of the page of the server is valid', () => {
  expect(parseServerSettings(exampleServerConfig, 'example').problems).toEqual([]);
});
