import type { FolderRenderer } from '../src/model/target.ts';
import { chart, chartValues, type Files, templateCount } from './charts.ts';
import { layeredKustomization, plainKustomization, releaseFile, releaseYaml } from './kustomizations.ts';

/** An application that is rendered over and over, each time as another release. */
export interface RenderCase {
  readonly name: string;
  readonly renderer: FolderRenderer;
  /** Folder that is rendered, inside the case's own. */
  readonly root: string;
  readonly files: Files;
  /** The one file that differs between releases. */
  readonly releaseFile: string;
  readonly releaseText: (release: string) => string;
  /** How many times faster than one process of the command line it should be. */
  readonly atLeast: number;
}

/** Small and large applications; the largest chart is far beyond what is usual. */
export const renderCases: readonly RenderCase[] = [
  kustomization('kustomization of 3 files', 'base', plainKustomization('0')),
  kustomization('overlay over overlay over 4 files', 'prod', layeredKustomization(4, '0')),
  kustomization('overlay over overlay over 40 files', 'prod', layeredKustomization(40, '0')),
  helmChart('chart', 1, 4),
  helmChart('chart', 4, 4),
  helmChart('largest chart', 16, 1),
];

function kustomization(name: string, root: string, files: Files): RenderCase {
  return { name, renderer: 'kustomize', root, files, releaseFile, releaseText: releaseYaml, atLeast: 4 };
}

function helmChart(word: string, components: number, atLeast: number): RenderCase {
  const files = chart(components, '0');
  return {
    name: `${word} of ${templateCount(components)} templates`,
    renderer: 'helm',
    root: 'chart',
    files: Object.fromEntries(Object.entries(files).map(([path, text]) => [`chart/${path}`, text])),
    releaseFile: 'chart/values.yaml',
    releaseText: (release) => chartValues(components, release),
    atLeast,
  };
}
