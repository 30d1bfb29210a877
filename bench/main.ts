import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type ControlPlane, startControlPlane } from '../test/control-plane/control-plane.ts';
import type { Bench, Lab, Sizes } from './bench.ts';
import { declaredBench } from './declared.ts';
import { diffBench } from './diff.ts';
import { growthBench } from './growth.ts';
import { loopBench } from './loop.ts';
import { coresText, loadText, loadWarning, machineText, sessionsNote } from './machine.ts';
import { memoryBench } from './memory.ts';
import { buildProgram } from './program.ts';
import { redactBench } from './redact.ts';
import { renderBench } from './render.ts';
import { serveBench } from './serve.ts';
import { startBench } from './start.ts';
import { markdownTable, plainTable } from './table.ts';
import { validateBench } from './validate.ts';

/** Every bench, in the order it is run. The quiet ones come before those that leave the machine warm. */
const benches: readonly Bench[] = [
  startBench,
  renderBench,
  declaredBench,
  validateBench,
  redactBench,
  diffBench,
  growthBench,
  loopBench,
  serveBench,
  memoryBench,
];

const full: Sizes = { renders: 40, warm: 20, objects: 1_000, diffs: 5, validations: 100, starts: 10 };

/** Only shows that everything works: the figures mean nothing. */
const quick: Sizes = { renders: 3, warm: 1, objects: 60, diffs: 1, validations: 3, starts: 2 };

const usage = `npm run bench [-- [--quick] [--markdown] [NAME...]]
  --quick     tiny sizes: only shows that everything works
  --markdown  prints what docs/benchmarks.md holds under "Figures"
${benches.map(({ name, text }) => `  ${name.padEnd(10)}  ${text}`).join('\n')}
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { quick: { type: 'boolean' }, markdown: { type: 'boolean' }, help: { type: 'boolean' } },
});
const unknown = positionals.filter((name) => !benches.some((bench) => bench.name === name));
if (values.help === true || unknown.length > 0) {
  process.stderr.write(unknown.length > 0 ? `there is no bench ${unknown.join(', ')}\n${usage}` : usage);
  process.exitCode = unknown.length > 0 ? 2 : 0;
} else {
  await runAll(benches.filter(({ name }) => positionals.length === 0 || positionals.includes(name)));
}

async function runAll(chosen: readonly Bench[]): Promise<void> {
  const abort = new AbortController();
  process.once('SIGINT', () => abort.abort(new Error('interrupted')));
  const dir = await mkdtemp(join(tmpdir(), 'fairlead-bench-'));
  let plane: Promise<ControlPlane & { stop(): Promise<void> }> | undefined;
  let program: Promise<string> | undefined;
  const lab: Lab = {
    dir,
    sizes: values.quick === true ? quick : full,
    signal: abort.signal,
    controlPlane: () => (plane ??= startControlPlane({ dir: join(dir, 'control-plane') })),
    program: () => (program ??= buildProgram(join(dir, 'build'), lab)),
    say: (line) => void process.stderr.write(`${line}\n`),
  };
  try {
    await printHeading();
    const format = values.markdown === true ? markdownTable : plainTable;
    for (const bench of chosen) {
      lab.say(`${bench.name} ...`);
      process.stdout.write(`${format(bench, await bench.run(lab))}\n`);
      lab.say(`load average ${loadText()}`);
    }
  } finally {
    await (await plane)?.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function printHeading(): Promise<void> {
  const title = values.markdown === true ? `## Figures, ${coresText()}\n\n` : '';
  const quickness = values.quick === true ? 'WARNING: --quick: these figures mean nothing.' : null;
  const warnings = [loadWarning(), await sessionsNote(), quickness].filter((line) => line !== null);
  const lines = [`${machineText()}; load average before: ${loadText()}.`, ...warnings];
  process.stdout.write(`${title}${lines.join('\n')}\n\n`);
}
