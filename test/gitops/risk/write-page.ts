/** Writes docs/rules.md: `node test/gitops/risk/write-page.ts`. */
import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { rulesPage } from '../../../src/gitops/risk/reference.ts';

writeFileSync(resolve(import.meta.dirname, '../../../docs/rules.md'), rulesPage());
