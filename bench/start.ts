import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Bench } from './bench.ts';
import { runProgram } from './program.ts';
import { atMostGoal, figure, milliseconds, timesText } from './rows.ts';
import { interleave, median } from './timing.ts';

/** Wall time of the program as a user starts it, modules and the compile cache there. */
export const startBench: Bench = {
  name: 'start',
  text: 'wall time from the shell, WebAssembly modules cached',
  rival: null,
  run: async (lab) => {
    const { dir, sizes, signal, say } = lab;
    const program = await lab.program();
    const cwd = join(dir, 'start');
    await mkdir(cwd);
    const help = () => runProgram({ program, args: ['--help'], cwd, signal, codes: [0] });
    const [times = []] = await interleave([async () => (await help()).total], { rounds: sizes.starts, warm: 2 });
    const version = () => runProgram({ program, args: ['version'], cwd, signal, codes: [0] });
    const [versions = []] = await interleave([async () => (await version()).total], { rounds: sizes.starts, warm: 1 });
    say('start: demo, twice');
    const demo = () => runProgram({ program, args: ['demo'], cwd, signal, codes: [0] });
    await demo(); // builds what is missing
    const { firstLine, total } = await demo();
    return [
      figure('fairlead --help', timesText(times), atMostGoal(median(times), 150, ' ms')),
      figure('fairlead version', timesText(versions), null),
      figure('demo, first line', milliseconds(firstLine), atMostGoal(firstLine, 1_000, ' ms')),
      figure('demo, whole tour', milliseconds(total), atMostGoal(total / 1000, 20, ' s')),
    ];
  },
};
