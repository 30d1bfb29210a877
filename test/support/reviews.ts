import type { Action, Cause, Change, PathChange } from '../../src/model/change.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Json } from '../../src/model/json.ts';
import type { PathSegment } from '../../src/model/path.ts';
import type { ResourceId } from '../../src/model/resource.ts';
import type { Review } from '../../src/model/review.ts';
import type { Target } from '../../src/model/target.ts';
import { plainWord } from './hostile-text.ts';
import type { Seeded } from './seeded.ts';

/** How much a review holds. */
export interface ReviewSize {
  readonly targets: number;
  readonly changes: number;
  readonly findings: number;
  readonly files: number;
}

/** Where the words of a review come from: every text that is not Fairlead's own. */
export type Words = (random: Seeded) => string;

/** A size from nothing at all to far too much, most often something people see. */
export function sizeOf(random: Seeded): ReviewSize {
  const kind = random.below(1_000);
  const most = kind < 80 ? 0 : kind < 800 ? 8 : kind < 980 ? 40 : kind < 997 ? 200 : 1_500;
  const upTo = (limit: number): number => random.below(limit + 1);
  return { targets: upTo(Math.min(most, 150)), changes: upTo(most), findings: upTo(most), files: upTo(most) };
}

/** A review of a size, the same for the same seed and words. */
export function reviewOf(random: Seeded, size: ReviewSize, words: Words = plainWord): Review {
  const maybe = (): string | null => (random.percent(50) ? words(random) : null);
  const targets = Array.from({ length: size.targets }, (_, index) => targetOf(random, index, words));
  const draw: Draw = { random, words, ids: targets.map(({ id }) => id) };
  const changes = Array.from({ length: size.changes }, () => changeOf(draw));
  const clusters = targets.flatMap(({ cluster }) => cluster ?? []);
  return {
    verdict: oneOf(random, ['blocked', 'incomplete', 'caution', 'routine', 'ready', 'no-change']),
    base: '5'.repeat(40),
    head: '9'.repeat(40),
    targets,
    changes: size.targets === 0 ? [] : [...changes, ...alikeOf(changes, draw)],
    findings: Array.from({ length: size.findings }, () => findingOf(draw)),
    coverage: {
      applications: random.below(90),
      rendered: random.below(90),
      unownedFiles: Array.from({ length: size.files }, () => words(random)),
      ...(random.percent(20) ? { usedBy: [{ repository: words(random), applications: random.below(9) }] } : {}),
    },
    inputs: [],
    clustersRead: clusters.slice(0, random.below(4)),
    gitOnly: random.percent(20) ? maybe() : null,
    helm: random.percent(30) ? ['helm3', 'helm4'] : [],
    readAt: random.percent(50) ? '2026-11-22T14:02:11.000Z' : null,
  };
}

interface Draw {
  readonly random: Seeded;
  readonly words: Words;
  readonly ids: readonly string[];
}

function targetOf(random: Seeded, index: number, words: Words): Target {
  const maybe = (chance: number): string | null => (random.percent(chance) ? words(random) : null);
  const application = words(random);
  const id = `${application}@${index}`;
  return { id, application, environment: maybe(70), cluster: maybe(70), digest: null, error: maybe(10) };
}

function resourceOf({ random, words }: Draw): ResourceId {
  const kind = random.percent(90) ? oneOf(random, ['Deployment', 'Service', 'ConfigMap', 'Secret']) : words(random);
  return {
    group: oneOf(random, ['', 'apps']),
    version: 'v1',
    kind,
    namespace: random.percent(80) ? words(random) : null,
    name: words(random),
  };
}

const actions: readonly Action[] = ['create', 'update', 'update', 'update', 'recreate', 'delete', 'adopt', 'none'];

function changeOf(draw: Draw): Change {
  const { random, words, ids } = draw;
  const action = oneOf(random, actions);
  const hasPaths = action !== 'create' && action !== 'delete';
  const many = (limit: number): readonly string[] => Array.from({ length: random.below(limit) }, () => words(random));
  return {
    target: ids[random.below(ids.length)] ?? '',
    part: random.percent(80) ? 'pull' : 'already',
    resource: resourceOf(draw),
    action,
    paths: hasPaths ? Array.from({ length: random.below(9) }, () => pathOf(draw)) : [],
    ...(random.percent(10) ? { offline: words(random) } : {}),
    ...(random.percent(10) ? { stays: [{ path: [words(random), words(random)], owners: many(7) }] } : {}),
    ...(random.percent(10)
      ? { adopts: { owner: random.percent(50) ? words(random) : null, fields: random.below(9) } }
      : {}),
    ...(random.percent(10) ? { takes: many(12) } : {}),
  };
}

/** Some changes once more on other targets, and one field that many objects share. */
function alikeOf(changes: readonly Change[], { random, ids }: Draw): readonly Change[] {
  const again = changes.filter(() => random.percent(15)).map((change) => ({ ...change, target: oneOf(random, ids) }));
  const path: PathChange = { path: ['metadata', 'labels', 'helm.sh/chart'], before: 'a-1', after: 'a-2', cause: 'git' };
  const chart = changes
    .filter(({ action }) => action === 'update' && random.percent(30))
    .map((change) => ({ ...change, resource: { ...change.resource, version: 'v2' }, paths: [path] }));
  return [...again, ...chart];
}

function pathOf({ random, words }: Draw): PathChange {
  const segment = (): PathSegment => {
    const kind = random.below(10);
    if (kind === 0) return random.below(20);
    return kind === 1 ? { name: words(random) } : words(random);
  };
  const value = (): Json => drawValue(random, words);
  const causes: readonly Cause[] = ['git', 'git', 'admission', 'takeover'];
  const path = Array.from({ length: 1 + random.below(5) }, segment);
  return { path, before: value(), after: value(), cause: oneOf(random, causes) };
}

function drawValue(random: Seeded, words: Words): Json {
  const several = (between: string): string =>
    Array.from({ length: 1 + random.below(20) }, () => words(random)).join(between);
  switch (random.below(9)) {
    case 0:
      return random.below(1_000);
    case 1:
      return null;
    case 2:
      return 2n ** 60n + BigInt(random.below(9));
    case 3:
      return several('\n');
    case 4:
      return several(' ');
    case 5:
      return `a: ${random.below(9)}\nb:\n  - name: ${JSON.stringify(words(random))}\n    port: 1\n`;
    case 6:
      return { [words(random)]: words(random) };
    default:
      return words(random);
  }
}

function findingOf(draw: Draw): Finding {
  const { random, words, ids } = draw;
  const maybe = (): string | null => (random.percent(50) ? words(random) : null);
  return {
    rule: random.percent(90) ? oneOf(random, ['data-loss', 'schema-enum', 'server-strict']) : words(random),
    severity: oneOf(random, ['block', 'caution', 'note']),
    target: random.percent(70) ? (ids[random.below(ids.length)] ?? null) : null,
    resource: random.percent(60) ? resourceOf(draw) : null,
    file: maybe(),
    ...(random.percent(10) ? { repository: words(random) } : {}),
    line: random.percent(50) ? 1 + random.below(500) : null,
    message: `${words(random)} ${words(random)}`,
    fix: maybe(),
  };
}

function oneOf<T>(random: Seeded, list: readonly [T, ...T[]] | readonly T[]): T {
  const item = list[random.below(list.length)];
  if (item === undefined) throw new Error('nothing to choose from');
  return item;
}
