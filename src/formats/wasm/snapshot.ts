import { writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { exchange, type ModuleCall, type ModuleExports } from './abi.ts';
import {
  concat,
  invalidModule,
  preambleLength,
  readNumber,
  readSections,
  type Section,
  sectionIds,
  writeNumber,
  writeSection,
  writeSigned,
} from './binary.ts';
import { readModuleFile, writeImage } from './memory-image.ts';
import { createWasi } from './wasi.ts';

/**
 * Starts a module once and keeps it in its file as it is then, so that no instance has to start again: what Wizer does for others
 * ("The WebAssembly Pre-Initializer", Bytecode Alliance). Only modules that ask for it by exporting `warm` are kept so; what they drew at
 * random by then is the same in all their instances. `calls` are answered before; what the module remembers of them is kept too.
 * Gives whether it was one. Throws `FairleadError` `module-invalid` when it does not start or answers that a call failed.
 */
export async function keepStarted(path: string, calls: readonly ModuleCall[] = []): Promise<boolean> {
  const { binary, image } = await readModuleFile(path);
  if (image !== null) return true;
  const globals = readGlobals(binary);
  const module = await WebAssembly.compile(exportGlobals(binary, globals));
  if (WebAssembly.Module.exports(module).every(({ name }) => name !== 'warm')) return false;
  const started = start(module, { file: basename(path), calls });
  const values = globals.map((_, index) => BigInt(started[globalName(index)]?.value ?? 0));
  await writeFile(path, startedModule(binary, { globals, values, memory: new Uint8Array(started.memory.buffer) }));
  return true;
}

function start(
  module: WebAssembly.Module,
  { file, calls }: { readonly file: string; readonly calls: readonly ModuleCall[] },
): StartedModule {
  const output: Uint8Array[] = [];
  try {
    const wasi = createWasi(module, { seed: 0, now: 0, onOutput: (chunk) => output.push(chunk) });
    const { exports } = new WebAssembly.Instance(module, { wasi_snapshot_preview1: wasi.imports });
    // Our modules export these, and `exportGlobals` the others.
    const started = exports as unknown as StartedModule;
    wasi.bind(started.memory);
    started._initialize();
    started.warm();
    for (const call of calls) checkAnswer(exchange(started, call));
    return started;
  } catch (cause) {
    const [line = ''] = Buffer.concat(output).toString('utf8').split('\n');
    throw invalidModule(`${file} does not start (${line.trim() || String(cause)})`, cause);
  }
}

interface StartedModule extends ModuleExports {
  readonly [global: `global ${number}`]: { readonly value: number | bigint };
  warm(): void;
}

function checkAnswer(text: string): void {
  // All modules answer so.
  const { ok, error } = JSON.parse(text) as { readonly ok: boolean; readonly error?: string };
  if (!ok) throw new Error(error);
}

/** Type of a global: 0x7f is i32, 0x7e is i64. Go has no others. */
type GlobalType = number;

const i32 = 0x7f;
const externalGlobal = 3;
const opcodes = { i32Const: 0x41, i64Const: 0x42, end: 0x0b };
const pageLength = 65_536;

function readGlobals(binary: Uint8Array): readonly GlobalType[] {
  const section = readSections(binary).find(({ id }) => id === sectionIds.global);
  if (section === undefined) return [];
  const count = readNumber(binary, section.body);
  const types: GlobalType[] = [];
  let at = count.next;
  for (let index = 0; index < count.value; index += 1) {
    types.push(binary[at] ?? i32);
    // The type, whether it changes, and `const N end`.
    at = readNumber(binary, at + 3).next + 1;
  }
  return types;
}

function globalName(index: number): `global ${number}` {
  return `global ${index}`;
}

/** The module with all its globals among its exports: nothing else can read them. */
function exportGlobals(binary: Uint8Array, globals: readonly GlobalType[]): Uint8Array<ArrayBuffer> {
  const added = globals.flatMap((_, index) => {
    const name = new TextEncoder().encode(globalName(index));
    return [...writeNumber(name.length), ...name, externalGlobal, ...writeNumber(index)];
  });
  return rewrite(binary, (section) => {
    if (section.id !== sectionIds.export) return binary.subarray(section.start, section.end);
    const count = readNumber(binary, section.body);
    const total = Uint8Array.from(writeNumber(count.value + globals.length));
    return writeSection(section.id, [total, binary.subarray(count.next, section.end), Uint8Array.from(added)]);
  });
}

interface Started {
  readonly globals: readonly GlobalType[];
  readonly values: readonly bigint[];
  readonly memory: Uint8Array;
}

/** The module whose globals begin as they are now, whose memory is as large as now, and whose data is that memory, at its end. */
function startedModule(binary: Uint8Array, { globals, values, memory }: Started): Uint8Array<ArrayBuffer> {
  const pages = memory.length / pageLength;
  const code = rewrite(binary, (section) => {
    if (section.id === sectionIds.custom || section.id === sectionIds.data) return new Uint8Array();
    if (section.id === sectionIds.memory)
      return writeSection(section.id, [Uint8Array.from([1, 0, ...writeNumber(pages)])]);
    if (section.id === sectionIds.global) return writeSection(section.id, [writeGlobals(globals, values)]);
    return binary.subarray(section.start, section.end);
  });
  return concat([code, writeImage(memory, code.length)]);
}

function writeGlobals(globals: readonly GlobalType[], values: readonly bigint[]): Uint8Array {
  const isMutable = 1;
  const bytes = globals.flatMap((type, index) => {
    const opcode = type === i32 ? opcodes.i32Const : opcodes.i64Const;
    return [type, isMutable, opcode, ...writeSigned(values[index] ?? 0n), opcodes.end];
  });
  return Uint8Array.from([...writeNumber(globals.length), ...bytes]);
}

function rewrite(binary: Uint8Array, change: (section: Section) => Uint8Array): Uint8Array<ArrayBuffer> {
  return concat([binary.subarray(0, preambleLength), ...readSections(binary).map(change)]);
}
