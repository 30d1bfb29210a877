import type { Tree } from '../../../src/model/tree.ts';
import type { FetchChart, FetchFile, FetchGit } from '../../../src/world/sources/fetchers.ts';
import type { WantedChart, WantedFile, WantedGit } from '../../../src/world/sources/sources.ts';

/** A source that holds one tree under each name, and remembers what it was asked for. */
export interface FakeSources {
  readonly fetchChart: FetchChart;
  readonly fetchGit: FetchGit;
  readonly fetchFile: FetchFile;
  readonly asked: readonly (WantedChart | WantedFile | WantedGit)[];
}

/** `name@version` -> a chart; the url of a repository or file -> its tree. An exact version or commit is pinned. */
export function fakeSources(trees: Readonly<Record<string, Tree>>): FakeSources {
  const asked: (WantedChart | WantedFile | WantedGit)[] = [];
  const find = (key: string) => {
    const found = Object.entries(trees).find(([known]) => known === key || known.startsWith(`${key}@`));
    if (found === undefined) throw new Error(`no ${key} among the sources`);
    return { tree: found[1], resolved: found[0].split('@')[1] ?? '1'.repeat(40) };
  };
  return {
    asked,
    fetchChart: async (wanted) => {
      asked.push(wanted);
      const isPinned = /^\d+\.\d+\.\d+$/.test(wanted.version);
      return { ...find(isPinned ? `${wanted.name}@${wanted.version}` : wanted.name), isPinned, digest: 'sha256:0' };
    },
    fetchGit: async (wanted) => {
      asked.push(wanted);
      return { ...find(wanted.url), isPinned: /^v\d|^[0-9a-f]{40}$/.test(wanted.revision) };
    },
    fetchFile: async (wanted) => {
      asked.push(wanted);
      return { ...find(wanted.url), isPinned: /[0-9a-f]{40}/.test(wanted.url) };
    },
  };
}
