import { kustomizeInputs } from '../../formats/kustomization/kustomize-inputs.ts';
import { decodeYaml } from '../../formats/yaml/decode.ts';
import type { DeclareQuestion } from '../../model/declare.ts';
import { isReached } from '../../model/inputs.ts';

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
  const reads: Closures['reads'] = (inputs, files) => isReached(inputs, [...files]);
  return {
    reads,
    holds: async (folder, files, signal) => {
      const path = folder === '.' ? '' : folder;
      if ([...files].some((file) => path === '' || file.startsWith(`${path}/`))) return true;
      return reads(byRoot.get(path) ?? (await closureOf(path, signal)), files);
    },
  };
}
