#!/usr/bin/env -S node --disable-warning=ExperimentalWarning
import { enableCompileCache } from 'node:module';

// Not TypeScript, so that Node need not load what strips types: of all other files the stripped text is in the cache. Before anything
// else is loaded; threads and child processes look for it in the environment.
const { directory } = enableCompileCache();
// None where nothing may be written.
if (directory !== undefined) process.env.NODE_COMPILE_CACHE ??= directory;
await import('./main.ts');
