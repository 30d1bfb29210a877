#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { enableCompileCache } from 'node:module';
import { runProgram } from './cli/program.ts';

enableCompileCache();
process.exitCode = await runProgram({
  argv: process.argv.slice(2),
  environment: process.env,
  createServices: async (options) => (await import('./app.ts')).createServices(options),
});
