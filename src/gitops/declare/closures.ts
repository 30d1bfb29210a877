import { kustomizeInputs } from '../../formats/kustomization/kustomize-inputs.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import type { DeclareQuestion } from '../../model/declare.ts';

/** Whether what is built of a folder reads some of a set of files. */
export interface Closures {
  /** Whether some of the files are among these inputs. */
  reads(inputs: readonly string[], files: ReadonlySet<string>): boolean;
  /** Whether some of the files lie in the folder, or are read by the kustomization or chart in it. */
  holds(folder: string, files: ReadonlySet<string>, signal: AbortSignal): Promise<boolean>;
}

/** Answers for one tree; what was found in it is not looked for again. */
export function createClosures({ tree, found }: Pick<DeclareQuestion, 'tree' | 'found'>): Closures {
  const byRoot = new Map(found.map(({ root, inputs }) => [root, inputs]));
  const closures = new Map<string, Promise<readonly string[]>>();
  const closureOf = (folder: string, signal: AbortSignal): Promise<readonly string[]> => {
    const known = closures.get(folder) ?? walk(folder, signal);
    closures.set(folder, known);
    return known;
  };
  const walk = async (folder: string, signal: AbortSignal): Promise<readonly string[]> =>
    (await kustomizeInputs({ tree, root: folder, readYaml: decodeYaml }, signal)).files;
  return {
    reads,
    holds: async (folder, files, signal) => {
      const path = folder === '.' ? '' : folder;
      if (foldersOf(files).has(path)) return true;
      return reads(byRoot.get(path) ?? (await closureOf(path, signal)), files);
    },
  };
}

function reads(inputs: readonly string[], files: ReadonlySet<string>): boolean {
  const folders = foldersOf(files);
  return inputs.some((input) => (input.endsWith('/') ? folders.has(input.slice(0, -1)) : files.has(input)));
}

/** A thousand applications ask of one set. */
const known = new WeakMap<ReadonlySet<string>, ReadonlySet<string>>();

/** Every folder around one of the files, '' with any file at all. */
function foldersOf(files: ReadonlySet<string>): ReadonlySet<string> {
  const folders = known.get(files) ?? new Set([...files].flatMap(foldersAbove));
  known.set(files, folders);
  return folders;
}

function foldersAbove(path: string): readonly string[] {
  const segments = path.split('/').slice(0, -1);
  return ['', ...segments.map((_, index) => segments.slice(0, index + 1).join('/'))];
}
