/** What every module of ours exports (`abi.go` under wasm/): it takes a request's bytes and gives an answer's. */
export interface ModuleExports {
  readonly memory: WebAssembly.Memory;
  _initialize(): void;
  alloc(size: number): number;
  release(pointer: number): void;
  call(pointer: number, size: number): bigint;
}

/** One request: a header, and bytes that the header says how to read. */
export interface ModuleCall {
  readonly header: object;
  readonly payload: readonly Uint8Array[];
}

/** Sends a request and gives the answer, JSON as text. */
export function exchange(exports: ModuleExports, { header, payload }: ModuleCall): string {
  const parts = [new TextEncoder().encode(JSON.stringify(header)), ...payload];
  const size = parts.reduce((sum, part) => sum + part.length, 4);
  const pointer = exports.alloc(size) >>> 0;
  send(exports.memory.buffer, pointer, parts);
  const answer = BigInt.asUintN(64, exports.call(pointer, size));
  const at = Number(answer >> 32n);
  const text = Buffer.from(exports.memory.buffer, at, Number(answer & 0xffffffffn)).toString('utf8');
  exports.release(at);
  exports.release(pointer);
  return text;
}

/** The length of the header, the header, and what comes with it. */
function send(buffer: ArrayBuffer, pointer: number, parts: readonly Uint8Array[]): void {
  new DataView(buffer).setUint32(pointer, parts[0]?.length ?? 0, true);
  let at = pointer + 4;
  for (const part of parts) {
    new Uint8Array(buffer, at, part.length).set(part);
    at += part.length;
  }
}
