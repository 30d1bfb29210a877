#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { enableCompileCache } from 'node:module';

// Before anything else is loaded, so that everything else profits.
enableCompileCache();
const { runProgram } = await import('./cli/program.ts');

process.exitCode = await runProgram({
  argv: process.argv.slice(2),
  environment: process.env,
  createServices: async (options) => (await import('./app.ts')).createServices(options),
});
