import { type Content, type Contents, chartYaml, configMap } from '../../support/pull-repository.ts';

/** One folder of the corpus, and what a review must say of it. */
export interface BadFile {
  /** Its number in bad-files.md. */
  readonly item: number;
  /** Name of its folder, which is its application. */
  readonly folder: string;
  /** Files of the base by their path in the folder; left out: the folder is new. */
  readonly base?: Contents;
  /** Files of the head. */
  readonly files: Contents;
  /** What its findings say, `SEVERITY RULE FILE:LINE MESSAGE`, in order; left out: nothing is found. */
  readonly says?: readonly RegExp[];
  /** Whether the application could not be rendered; left out: it was. */
  readonly fails?: boolean;
  /** What is shown, as `action Kind name`, sorted; left out: nothing. */
  readonly shows?: readonly string[];
}

/** An application that cannot be rendered, and the one finding that says why. */
export function failing(item: number, folder: string, files: Contents, says: RegExp): BadFile {
  return { item, folder, files, says: [says], fails: true };
}

/** An application that is read, and what is shown of it. */
export function read(item: number, folder: string, files: Contents, shows: readonly string[]): BadFile {
  return { item, folder, files, shows };
}

/** A folder with a sound manifest and one file more. */
export function beside(name: string, content: Content): Contents {
  return { 'a.yaml': configMap('a'), [name]: content };
}

/** A chart with one sound template, and more. */
export function chart(files: Contents): Contents {
  return { 'Chart.yaml': chartYaml, 'templates/a.yaml': configMap('a'), ...files };
}

/** A ConfigMap in flow style, so that a case is one line. */
export function named(name: string, more = ''): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n${more}`;
}
