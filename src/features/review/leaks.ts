import { type LeakFile, unsearched } from '../../gitops/validate/find-leaks.ts';
import type { Finding } from '../../model/finding.ts';
import type { Tree, TreeEntry } from '../../model/tree.ts';
import type { ReviewTools } from './request.ts';

/** MiB; larger files are not read for this. Manifests stay far below. */
const largest = 4;

/** Bytes and files that are searched at once: one batch that cannot be searched leaves the others. */
const batchBytes = 1024 * 1024;
const batchFiles = 128;

/** What a search works with. */
export interface LeakContext {
  readonly tools: Pick<ReviewTools, 'findLeaks'>;
  readonly signal: AbortSignal;
}

/** Secrets and tokens in clear in the files a pull changes; what the same file held before is a note. */
export async function leaksIn(
  changedFiles: readonly string[],
  { base, head }: { readonly base: Tree; readonly head: Tree },
  { tools, signal }: LeakContext,
): Promise<readonly Finding[]> {
  const wanted = new Set(changedFiles);
  const files = head.entries.filter((entry) => wanted.has(entry.path) && isFile(entry));
  const findings = files.filter((entry) => !isReadable(entry)).map(tooLarge);
  for (const batch of batchesOf(files.filter(isReadable))) {
    const [after, before] = await Promise.all([textsOf(head, batch, signal), textsOf(base, batch, signal)]);
    const texts = [...after].map(([path, text]): LeakFile => ({ path, text, before: before.get(path) ?? null }));
    findings.push(...(await tools.findLeaks(texts, signal)));
  }
  return findings;
}

function isFile({ mode }: TreeEntry): boolean {
  return mode === '100644' || mode === '100755';
}

function isReadable({ size }: TreeEntry): boolean {
  return size <= largest * 1024 * 1024;
}

function tooLarge({ path }: TreeEntry): Finding {
  return unsearched(path, `${path} was not searched for secrets: it is larger than ${largest} MiB.`);
}

function batchesOf(files: readonly TreeEntry[]): readonly (readonly string[])[] {
  const batches: string[][] = [];
  let current: string[] = [];
  let size = 0;
  for (const file of files) {
    if (current.length > 0 && (current.length >= batchFiles || size + file.size > batchBytes)) {
      batches.push(current);
      current = [];
      size = 0;
    }
    current.push(file.path);
    size += file.size;
  }
  return current.length === 0 ? batches : [...batches, current];
}

async function textsOf(
  tree: Tree,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const wanted = new Set(paths);
  const readable = tree.entries.filter((entry) => wanted.has(entry.path) && isFile(entry) && isReadable(entry));
  const contents = await tree.read(
    readable.map(({ path }) => path),
    signal,
  );
  return new Map([...contents].map(([path, bytes]) => [path, Buffer.from(bytes).toString('utf8')]));
}
