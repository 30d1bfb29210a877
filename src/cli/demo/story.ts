import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** One commit of the story: files by path; null removes one. */
export interface Step {
  readonly title: string;
  readonly files: Readonly<Record<string, string | null>>;
}

/** The repository of the demo and what its pull does to it, step by step. */
export interface Story {
  readonly base: Readonly<Record<string, string>>;
  /** The settings that switch deploying on. */
  readonly settings: Readonly<Record<string, string>>;
  readonly open: Step;
  readonly fixed: Step;
}

const folder = join(import.meta.dirname, 'repository');

/** Reads the story from the files beside this one. */
export function readStory(): Story {
  const steps = JSON.parse(readFileSync(join(folder, 'steps.json'), 'utf8')) as Record<
    'open' | 'fixed',
    { readonly title: string; readonly deleted: readonly string[] }
  >;
  const step = (name: 'open' | 'fixed'): Step => ({
    title: steps[name].title,
    files: { ...readFiles(name), ...Object.fromEntries(steps[name].deleted.map((path) => [path, null])) },
  });
  return { base: readFiles('base'), settings: readFiles('settings'), open: step('open'), fixed: step('fixed') };
}

function readFiles(name: string): Readonly<Record<string, string>> {
  const root = join(folder, name);
  const entries = readdirSync(root, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return Object.fromEntries(
    entries.map((entry) => {
      const path = join(entry.parentPath, entry.name);
      return [path.slice(root.length + 1), readFileSync(path, 'utf8')];
    }),
  );
}
