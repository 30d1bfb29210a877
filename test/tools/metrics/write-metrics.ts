/** Writes the table of metrics into docs/operation.md: `node test/tools/metrics/write-metrics.ts`. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { metricTable } from '../../../src/tools/metrics/reference.ts';

const page = resolve(import.meta.dirname, '../../../docs/operation.md');
const text = readFileSync(page, 'utf8');
writeFileSync(page, text.replace(/\| metric \| kind \|.*?\n(?=\n)/s, metricTable()));
