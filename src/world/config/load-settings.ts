import type { Tree } from '../../model/tree.ts';
import { defaultSettings } from './build-settings.ts';
import type { ParsedSettings, SettingsContext } from './parse-settings.ts';
import { configFile } from './problem.ts';

/** Where settings are read from. */
export interface LoadSettings extends SettingsContext {
  /** Tree of the protected branch: never that of a pull's head. */
  readonly tree: Tree;
  /** Its full commit id. */
  readonly commit: string;
  readonly signal: AbortSignal;
}

/** The settings that hold, and the commit that says so. */
export type LoadedSettings = ParsedSettings & {
  readonly commit: string;
  /** False where there is no file and the defaults hold. */
  readonly isWritten: boolean;
};

/** Reads `.fairlead.yaml` at the root of a tree; without one, the defaults hold: Fairlead observes. */
export async function loadSettings({ tree, commit, signal, ...context }: LoadSettings): Promise<LoadedSettings> {
  const entry = tree.entries.find(({ path }) => path === configFile);
  if (entry === undefined) {
    const source = { file: configFile, value: { version: 1 }, places: new Map() };
    return { settings: defaultSettings(context.engines), problems: [], source, commit, isWritten: false };
  }
  if (entry.mode !== '100644' && entry.mode !== '100755')
    return refused(commit, 'is no regular file', 'Replace it by a file with the settings.');
  if (entry.size > largest)
    return refused(commit, `has ${entry.size} bytes; the limit is ${largest}`, 'Make the file simpler.');
  const files = await tree.read([configFile], signal);
  // Most repositories have no such file, and what checks it takes a while to load.
  const { parseSettings } = await import('./parse-settings.ts');
  const parsed = parseSettings(files.get(configFile) ?? '', { file: configFile, ...context });
  return { ...parsed, commit, isWritten: true };
}

/** Bytes; not even read beyond. */
const largest = 256 * 1024;

function refused(commit: string, what: string, fix: string): LoadedSettings {
  const problem = { file: configFile, line: 1, column: 1, path: '', message: `the file ${what}`, fix };
  return { settings: null, problems: [problem], commit, isWritten: true };
}
