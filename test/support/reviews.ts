import fc from 'fast-check';
import type { Change } from '../../src/model/change.ts';
import type { Finding } from '../../src/model/finding.ts';
import type { Json } from '../../src/model/json.ts';
import type { Review } from '../../src/model/review.ts';
import type { HelmEngine, Target } from '../../src/model/target.ts';

const hostile = [
  '```',
  '|',
  '</details>',
  '<!-- -->',
  '@org/team',
  '\n/approve\n',
  '\u202e',
  '\ud83d',
  '`',
  '#12',
  '[x](javascript:1)',
  'a\nb',
];
const word = fc.oneof(
  { weight: 3, arbitrary: fc.stringMatching(/^[a-z]{1,12}$/) },
  { weight: 1, arbitrary: fc.constantFrom(...hostile) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 30 }) },
);
const value: fc.Arbitrary<Json> = fc.oneof(
  word,
  fc.integer(),
  fc.constant(null),
  fc.bigInt({ min: 2n ** 60n, max: 2n ** 62n }),
  fc.string({ minLength: 200, maxLength: 2_000 }),
  fc.array(word, { maxLength: 30 }).map((lines) => lines.join('\n')),
  fc.record({ a: word }),
);

const resource = fc.record({
  group: fc.constantFrom('', 'apps'),
  version: fc.constant('v1'),
  kind: fc.constantFrom('Deployment', 'Service'),
  namespace: fc.option(word),
  name: word,
});

const verdicts = ['blocked', 'incomplete', 'caution', 'routine', 'ready', 'no-change'] as const;

/** A short list many times over: large reviews without the cost of making each item. */
function repeated<T>(list: fc.Arbitrary<readonly T[]>): fc.Arbitrary<readonly T[]> {
  return fc
    .tuple(list, fc.integer({ min: 1, max: 40 }))
    .map(([items, times]) => Array.from({ length: times }, () => items).flat());
}

/** Reviews of any shape and size, with hostile names, values and messages. */
export const reviews: fc.Arbitrary<Review> = fc
  .record({
    targets: fc.array(fc.tuple(word, fc.option(word), fc.option(word), fc.option(word)), {
      minLength: 1,
      maxLength: 12,
    }),
  })
  .chain(({ targets: raw }) => {
    const targets: readonly Target[] = raw.map(([application, environment, cluster, error], index) => ({
      id: `${application}@${index}`,
      application,
      environment,
      cluster,
      digest: null,
      error,
    }));
    const id = fc.constantFrom(...targets.map((target) => target.id));
    const path = fc.record({
      path: fc.array(fc.oneof(word, fc.nat(), fc.record({ name: word })), { minLength: 1, maxLength: 6 }),
      before: value,
      after: value,
      cause: fc.constantFrom('git', 'admission'),
    });
    const change = fc.record({
      target: id,
      part: fc.constantFrom('pull', 'already'),
      resource,
      action: fc.constantFrom('create', 'update', 'delete'),
      paths: fc.array(path, { maxLength: 12 }),
    });
    const finding = fc.record({
      rule: fc.constantFrom('schema-enum', 'server-strict'),
      severity: fc.constantFrom('block', 'caution', 'note'),
      target: fc.option(id),
      resource: fc.option(resource),
      file: fc.option(word),
      line: fc.option(fc.nat()),
      message: word,
      fix: fc.option(word),
    });
    return fc.record({
      verdict: fc.constantFrom(...verdicts),
      base: fc.constant('5'.repeat(40)),
      head: fc.constant('9'.repeat(40)),
      targets: fc.constant(targets),
      changes: repeated(fc.array(change as fc.Arbitrary<Change>, { maxLength: 6 })),
      findings: repeated(fc.array(finding as fc.Arbitrary<Finding>, { maxLength: 6 })),
      coverage: fc.record({
        applications: fc.nat(90),
        rendered: fc.nat(90),
        unownedFiles: fc.array(word, { maxLength: 100 }),
      }),
      clustersRead: fc.constant(targets.flatMap((target) => target.cluster ?? []).slice(0, 2)),
      gitOnly: fc.option(word),
      helm: fc.subarray<HelmEngine>(['helm3', 'helm4']),
      inputs: fc.constant([]),
      readAt: fc.option(fc.constant('2026-11-22T14:02:11.000Z')),
    });
  });
