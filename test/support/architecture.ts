import { posix } from 'node:path';

/** Path relative to src/ -> text. */
export type Files = ReadonlyMap<string, string>;

/** The floors from the ground up. A file may import from its own room and from any floor below. */
const floors = ['model', 'tools', 'formats', 'world', 'gitops', 'engines', 'features', 'doors', 'app.ts', 'main.ts'];

const doors = new Set(['server', 'cli']);

/** What breaks the rules of the house, one sentence each, sorted. */
export function findViolations(files: Files): readonly string[] {
  const violations = new Set<string>();
  const edges = new Map<string, readonly string[]>();
  for (const [path, text] of files) {
    const targets = importsOf(text)
      .filter((name) => name.startsWith('.'))
      .map((name) => posix.join(posix.dirname(path), name));
    edges.set(path, targets);
    for (const fault of [...judgeFile(path, text), ...targets.flatMap((target) => judge(path, target))])
      violations.add(fault);
  }
  for (const cycle of findCycles(edges)) violations.add(`import cycle: ${cycle.join(' -> ')}`);
  return [...violations].sort();
}

function judgeFile(path: string, text: string): readonly string[] {
  const faults: string[] = [];
  if (floorOf(path) < 0) faults.push(`${path}: stands on no floor of the house`);
  const readsEnvironment = /\bprocess\s*\.\s*env\b/.test(withoutComments(text));
  if (readsEnvironment && !/^(main\.ts|cli\/)/.test(path))
    faults.push(`${path}: reads the environment; only main.ts and cli/ do`);
  return faults;
}

/** The specifiers a module imports, re-exports, loads later or starts as a worker. */
export function importsOf(text: string): readonly string[] {
  const code = withoutComments(text);
  const patterns = [
    /(?:^|\n|;)\s*(?:import|export)\b[^'";]*?\bfrom\s*['"]([^'"]+)['"]/g,
    /(?:^|\n|;)\s*import\s*['"]([^'"]+)['"]/g,
    /\bimport\s*\(\s*['"]([^'"]+)['"]/g,
    /new URL\(\s*['"]([^'"]+\.ts)['"]\s*,\s*import\.meta\.url/g,
  ];
  return patterns.flatMap((pattern) => [...code.matchAll(pattern)].map((match) => match[1] ?? ''));
}

function withoutComments(text: string): string {
  return text.replace(/\/\*[\s\S]*?\*\//g, '').replace(/^\s*\/\/.*$/gm, '');
}

function judge(from: string, to: string): readonly string[] {
  if (to.startsWith('pretend/') || from.startsWith('pretend/')) return judgePretend(from, to);
  const [below, above] = [floorOf(to), floorOf(from)];
  if (below > above) return [`${from}: the import of ${to} goes up a floor`];
  if (isRegistry(to) && from !== 'app.ts')
    return [`${from}: imports the registry ${to}; only app.ts knows every registry`];
  if (below < above || roomOf(from) === roomOf(to) || isContract(to) || isRegistry(from)) return [];
  return [`${from}: imports ${to} of a neighbour room on the same floor`];
}

function judgePretend(from: string, to: string): readonly string[] {
  if (from.startsWith('pretend/')) {
    const known = to.startsWith('pretend/') || floorOf(to) <= floors.indexOf('formats');
    return known ? [] : [`${from}: pretend imports ${to}; it may know formats, tools and model`];
  }
  return from.startsWith('cli/demo')
    ? []
    : [`${from}: imports ${to}; only cli/demo and tests may import the pretend world`];
}

/** A file that stands on a floor itself, beside the rooms, is that floor's contract; `index.ts` there is its registry. */
function isContract(path: string): boolean {
  return /^engines\/[^/]+\.ts$/.test(path) && !isRegistry(path);
}

function isRegistry(path: string): boolean {
  return /^(engines|features)\/index\.ts$/.test(path);
}

function floorOf(path: string): number {
  const [first = ''] = path.split('/');
  if (first === 'pretend') return floors.indexOf('world');
  return floors.indexOf(doors.has(first) ? 'doors' : first);
}

function roomOf(path: string): string {
  const [first = '', second = ''] = path.split('/');
  const whole = first === 'model' || first === 'tools' || doors.has(first);
  return whole ? first : `${first}/${second.replace(/\.ts$/, '')}`;
}

function findCycles(edges: ReadonlyMap<string, readonly string[]>): readonly (readonly string[])[] {
  const done = new Set<string>();
  const cycles: string[][] = [];
  const visit = (path: string, trail: readonly string[]): void => {
    const start = trail.indexOf(path);
    if (start >= 0) cycles.push([...trail.slice(start), path]);
    if (start >= 0 || done.has(path)) return;
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path]);
    done.add(path);
  };
  for (const path of edges.keys()) visit(path, []);
  return cycles;
}
