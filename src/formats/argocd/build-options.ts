import type { KustomizeSettings } from '../../model/renderer.ts';

/** `kustomize.buildOptions` of Argo CD. */
export interface BuildOptions extends KustomizeSettings {
  /** Flags that nothing is done about here, as written and without their values. */
  readonly others: readonly string[];
}

/** Reads the flags as kustomize does; what is written last counts. */
export function readBuildOptions(text: string): BuildOptions {
  const words = text.split(/\s+/).filter((word) => word !== '');
  const charts = words.findLast((word) => isFlag(word, '--enable-helm'));
  return {
    inflatesCharts: charts !== undefined && !/=(?:false|f|0)$/i.test(charts),
    readsOutside: valueAfter(words, '--load-restrictor') === 'LoadRestrictionsNone',
    others: words.filter((word) => word.startsWith('-') && !known.some((name) => isFlag(word, name))).map(nameOf),
  };
}

/** Those that are followed, and one that changes nothing: Argo CD applies in an order of its own. */
const known = ['--enable-helm', '--load-restrictor', '--reorder'];

function isFlag(word: string, name: string): boolean {
  return nameOf(word) === name;
}

function nameOf(word: string): string {
  return word.split('=')[0] ?? word;
}

function valueAfter(words: readonly string[], name: string): string | undefined {
  const at = words.findLastIndex((word) => isFlag(word, name));
  const word = words[at];
  if (word === undefined) return undefined;
  return word.includes('=') ? word.slice(name.length + 1) : words[at + 1];
}
