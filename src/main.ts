import { runProgram } from './cli/program.ts';

void runProgram({
  argv: process.argv.slice(2),
  environment: process.env,
  createServices: async (options) => (await import('./app.ts')).createServices(options),
  engineNames: async () => (await import('./app.ts')).engineNames(),
}).then((code) => {
  // Everything that can be closed is closed. A connection still being made, or a credential plugin that hangs, would keep the
  // process alive without a reason; what was written must be out first.
  process.stdout.write('', () => process.exit(code));
});
