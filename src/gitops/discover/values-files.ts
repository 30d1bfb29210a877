import { isEnvironmentWord, isMarker, isSharedWord } from './layout.ts';

/** What a file inside a chart's folder is by its name. */
export type ValuesFile =
  | { readonly kind: 'environment'; readonly environment: string }
  | { readonly kind: 'shared' }
  /** An example or the like: no environment's. */
  | { readonly kind: 'unused' };

/** Suffixes of values files that name no environment. */
const unusedWords = new Set(
  'ci custom example examples full lock minimal override overrides sample samples schema secret secrets template tmpl'.split(
    ' ',
  ),
);

/**
 * Reads off a path, relative to the chart, whether it is a values file beside `values.yaml`, and whose: `values-prod.yaml`,
 * `values.staging.yaml`, `prod-values.yaml`, `values/prod.yaml`, `env/prod.yaml`, `env/prod/values.yaml`, `prod/values.yaml`.
 * Null when it is none.
 */
export function valuesFileOf(path: string): ValuesFile | null {
  const match = /^(.*)\.ya?ml$/.exec(path);
  if (match === null || path.startsWith('templates/') || path.startsWith('charts/')) return null;
  const segments = (match[1] ?? '').split('/');
  const word = wordOf(segments);
  if (word === null) return null;
  if (path.startsWith('ci/') || unusedWords.has(word.toLowerCase())) return { kind: 'unused' };
  return isSharedWord(word) ? { kind: 'shared' } : { kind: 'environment', environment: word };
}

function wordOf(segments: readonly string[]): string | null {
  const [first = '', second = '', third = ''] = segments;
  switch (segments.length) {
    case 1:
      return affixOf(first);
    case 2:
      return second === 'values' ? folderWord(first) : fileWord(first, second);
    case 3:
      return third === 'values' && isMarker(first) ? second : null;
    default:
      return null;
  }
}

/** `prod/values.yaml`: only a word that names an environment by itself makes a folder one. */
function folderWord(folder: string): string | null {
  return isEnvironmentWord(folder) ? folder : null;
}

/** `values/prod.yaml`, `env/prod.yaml`, `ci/default-values.yaml`. */
function fileWord(folder: string, file: string): string | null {
  const holdsValues = isMarker(folder) || folder === 'values' || folder === 'ci';
  return holdsValues ? (affixOf(file) ?? file) : null;
}

/** `values-prod`, `values.prod`, `values_prod`, `prod-values`, `prod.values`: `prod`. */
function affixOf(name: string): string | null {
  return /^values[-._](.+)$/.exec(name)?.[1] ?? /^(.+)[-._]values$/.exec(name)?.[1] ?? null;
}
