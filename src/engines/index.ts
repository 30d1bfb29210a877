import type { ApplyEngineOptions } from './apply/apply-engine.ts';
import type { Engine } from './engine.ts';

/** What names an engine and loads it when it is first needed. */
export interface EngineDescriptor {
  readonly name: string;
  /** One line for help and documentation. */
  readonly text: string;
  load(): Promise<(options: ApplyEngineOptions) => Engine>;
}

/** Every engine. To add one: a folder here and a line in this list. */
export const engines: readonly EngineDescriptor[] = [
  {
    name: 'apply',
    text: 'Fairlead applies by itself: server-side apply, one field manager',
    load: async () => (await import('./apply/apply-engine.ts')).createApplyEngine,
  },
];
