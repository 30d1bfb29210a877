import { compileModule } from '../../formats/wasm/instance.ts';
import type { PolicyModule } from './policy-engine.ts';

/** Gives the compiled module. */
export type OpenModule = (signal: AbortSignal) => Promise<PolicyModule>;

/** Compiles the module once, when it is first needed; a failure is tried again the next time. */
export function policyModuleOpener(locate: ((signal: AbortSignal) => Promise<string>) | undefined): OpenModule {
  let opened: Promise<PolicyModule> | null = null;
  return (signal) => {
    opened ??= open(locate, signal).catch((fault: unknown) => {
      opened = null;
      throw fault;
    });
    return opened;
  };
}

/** The module takes about 130 MiB; a set of large objects may take as much again. */
const maxMemoryMb = 512;

async function open(
  locate: ((signal: AbortSignal) => Promise<string>) | undefined,
  signal: AbortSignal,
): Promise<PolicyModule> {
  if (locate === undefined) throw new Error('no module that decides policies was given');
  const path = await locate(signal);
  return { key: path, module: await compileModule(path, maxMemoryMb), maxMemoryMb };
}
