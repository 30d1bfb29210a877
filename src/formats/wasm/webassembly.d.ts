/** The part of the WebAssembly JavaScript interface (W3C) that is used here: the compiler's own types come only with the browser's. */
// biome-ignore lint/style/noNamespace: only a namespace can describe the global's types.
declare namespace WebAssembly {
  interface ImportDescriptor {
    readonly module: string;
    readonly name: string;
    readonly kind: string;
  }
  class Module {
    constructor(binary: Uint8Array<ArrayBuffer>);
    static imports(module: Module): ImportDescriptor[];
    static exports(module: Module): { readonly name: string; readonly kind: string }[];
  }
  class Instance {
    constructor(module: Module, imports: Record<string, Record<string, (...args: number[]) => number>>);
    readonly exports: Readonly<Record<string, unknown>>;
  }
  class Memory {
    constructor(limits: { readonly initial: number; readonly maximum?: number });
    readonly buffer: ArrayBuffer;
    grow(pages: number): number;
  }
  class RuntimeError extends Error {}
  function compile(binary: Uint8Array<ArrayBuffer>): Promise<Module>;
}
