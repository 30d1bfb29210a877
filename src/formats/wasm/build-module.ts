import { randomBytes } from 'node:crypto';
import { mkdir, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FairleadError } from '../../model/error.ts';
import { runProcess } from '../../tools/process.ts';
import type { ModuleCall } from './abi.ts';
import { keepStarted } from './snapshot.ts';

/** One module to build. */
export interface BuildSpec {
  readonly name: string;
  readonly sourceDir: string;
  /** The file to make. */
  readonly target: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** What to ask of the module before it is kept as it has started. */
  readonly warmUp?: (() => Promise<readonly ModuleCall[]>) | undefined;
  readonly onProgress: (line: string) => void;
}

const BUILD_DEADLINE_MS = 30 * 60_000;
const GO_SETTINGS = {
  GOOS: 'wasip1',
  GOARCH: 'wasm',
  CGO_ENABLED: '0',
  GOTOOLCHAIN: 'local',
  GOWORK: 'off',
  GOFLAGS: '-mod=readonly -trimpath -buildvcs=false',
};

/**
 * Builds a Go module to WebAssembly, and keeps it started where it asks for that. The file appears whole or not at all, so two may build the same one at once, in one process or in several.
 * Throws `FairleadError` `module-build-failed` with Go's own message.
 */
export async function buildModule(spec: BuildSpec, signal: AbortSignal): Promise<void> {
  spec.onProgress(`building ${spec.name} module (first time, about 2 minutes)…`);
  await mkdir(dirname(spec.target), { recursive: true });
  const draft = `${spec.target}.${randomBytes(6).toString('hex')}.draft`;
  try {
    const result = await runProcess({
      command: 'go',
      args: ['build', '-buildmode=c-shared', '-ldflags=-s -w', '-o', draft, '.'],
      cwd: spec.sourceDir,
      env: { ...spec.env, ...GO_SETTINGS },
      signal,
      deadlineMs: BUILD_DEADLINE_MS,
    });
    if (result.code !== 0) throw buildError(spec.name, result.stderr);
    await keepStarted(draft, await spec.warmUp?.());
    await rename(draft, spec.target);
  } finally {
    await rm(draft, { force: true });
  }
  spec.onProgress(`${spec.name} module built`);
}

function buildError(name: string, stderr: string): FairleadError {
  const lines = stderr.split('\n').filter((line) => line.trim() !== '' && !line.startsWith('go: downloading'));
  return new FairleadError({
    code: 'module-build-failed',
    message: `The ${name} module could not be built: ${lines.slice(-3).join(' / ') || 'go build failed'}.`,
    subject: name,
    remedy: 'Check that Go can reach its module proxy, then run again.',
  });
}
