import { createHash } from 'node:crypto';
import type { RenderDependencies } from './dependencies.ts';
import type { RenderPair } from './helm-documents.ts';
import type { ChartFile } from './helm-files.ts';
import type { TemplateFailure, TemplateRequest, TemplateSuccess } from './helm-message.ts';
import { createModulePool, type ModulePool } from './module-pool.ts';
import { createRenderCache } from './render-cache.ts';

/** All a render depends on. */
export interface HelmInput {
  readonly request: TemplateRequest;
  readonly files: readonly ChartFile[];
}

/** Runs the helm module. */
export interface HelmRun {
  /** Throws what the module's pool throws; what Helm refuses is an answer. */
  render(input: HelmInput, signal: AbortSignal): Promise<RenderPair | TemplateFailure>;
  /** Loads the module ahead of the first render. */
  warm(): void;
  close(): Promise<void>;
}

const CACHE_CHARACTERS = 32 * 1024 * 1024;

/** Makes a run: equal inputs give equal answers, and the latest are kept. */
export function createHelmRun(dependencies: RenderDependencies): HelmRun {
  const pool = createModulePool('helm', dependencies);
  const cache = createRenderCache(CACHE_CHARACTERS);
  const { maxMemoryMb } = dependencies;

  async function send(input: HelmInput, variant: Variant, signal: AbortSignal): Promise<Answer> {
    const key = keyOf(input, variant);
    const known = cache.get(key);
    if (known !== undefined) return parse(known);
    const text = await pool.run(taskOf(input, variant, maxMemoryMb), input.request.chartRoot || '.', signal);
    cache.set(key, text);
    return parse(text);
  }

  async function render(input: HelmInput, signal: AbortSignal): Promise<RenderPair | TemplateFailure> {
    const warm = await send(input, { ...first, fresh: false }, signal);
    // A message may list things in the order of a Go map: said from a fresh instance it is always the same.
    const fresh = !(warm.ok && warm.rendered);
    const answer = fresh ? await send(input, { ...first, fresh }, signal) : warm;
    return answer.ok ? { ok: true, first: answer, second: await renderAgain(input, answer, signal) } : answer;
  }

  async function renderAgain(input: HelmInput, { volatility }: TemplateSuccess, signal: AbortSignal) {
    if (!volatility.varies) return null;
    const other = await send(input, { ...second, fresh: volatility.needsFresh }, signal);
    return other.ok ? other : null;
  }

  return { render, warm: () => pool.warm(), close: () => pool.close() };
}

type Answer = TemplateSuccess | TemplateFailure;
type ModuleTask = Parameters<ModulePool['run']>[0];

/** What may differ between two renders of one input. */
interface Variant {
  readonly seed: number;
  /** Milliseconds since 1970. */
  readonly now: number;
  /** In which order `keys` and `values` answer. */
  readonly mapOrder: 'ascending' | 'descending';
  /** In an instance that answered nothing before. */
  readonly fresh: boolean;
}

/** The render that is shown, and the one it is compared with: no part of their dates and times is equal. */
const first = { seed: 1, now: Date.UTC(2026, 0, 2, 3, 4, 5), mapOrder: 'ascending' } as const;
const second = { seed: 2, now: Date.UTC(2031, 10, 23, 16, 47, 38), mapOrder: 'descending' } as const;

function taskOf({ request, files }: HelmInput, variant: Variant, memoryMb: number): ModuleTask {
  const { seed, now, mapOrder, fresh } = variant;
  const sizes = files.map(({ path, bytes }) => ({ path, size: bytes.length }));
  const header = { ...request, mapOrder, fresh, memoryMb, files: sizes };
  return { header, payload: files.map(({ bytes }) => bytes), seed, now, isFresh: fresh };
}

function keyOf({ request, files }: HelmInput, variant: Variant): string {
  const hash = createHash('sha256').update(JSON.stringify([request, variant]));
  for (const { path, bytes } of files) hash.update(`\0${path}\0${bytes.length}\0`).update(bytes);
  return hash.digest('base64');
}

function parse(text: string): Answer {
  // The module answers one of these two by its contract, wasm/helm/message.go.
  return JSON.parse(text) as Answer;
}
