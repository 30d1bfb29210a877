import { describe, expect, test } from '@jest/globals';
import { reviewComment, tellReview } from '../../../src/gitops/report/comment.ts';
import { faultsOf } from '../../support/markdown-shape.ts';
import { blockerOf, fieldOf, objectOf, reviewOn, targetOn, updateOf } from './review-of.ts';

const github = { limit: 65_536, fileUrl: null };
const [eu, us] = [targetOn('prod-eu'), targetOn('prod-us')];
const web = objectOf('Deployment', 'web', 'apps');
const numbers = (length: number): readonly number[] => Array.from({ length }, (_, index) => index);
const times = (text: string, part: string | RegExp): number => text.split(part).length - 1;

/** Each of many objects with a field and value of its own. */
const many = (length: number, fields = 1) =>
  numbers(length).map((index) =>
    updateOf(
      eu,
      objectOf('ConfigMap', `config-${index}`),
      ...numbers(fields).map((field) => fieldOf(['data', `key-${index}-${field}`], `old ${index}`, `new ${index}`)),
    ),
  );

describe('what does not fit', () => {
  test('loses its fields before its line, and the gravest keep theirs', () => {
    const deleted = { ...updateOf(eu, objectOf('PersistentVolumeClaim', 'orders-db')), action: 'delete' as const };
    const changes = [...many(500, 6), deleted];
    const findings = [{ ...blockerOf(eu, objectOf('ConfigMap', 'config-499'), 'is read by a person'), rule: 'x-rule' }];

    const text = reviewComment(reviewOn([eu], { changes, findings }), github);

    expect(faultsOf(text, github.limit)).toEqual([]);
    expect(times(text, /^- \*\*~\*\* /m)).toBeGreaterThan(300);
    expect(times(text, '| Field |')).toBeGreaterThan(20);
    expect(text).toContain('`data.key-499-0` | `old 499`');
    expect(text).toContain('**− `PersistentVolumeClaim shop/orders-db`** is deleted');
    expect(text).not.toContain('Not shown');
  });

  test('leaves every blocker whole, however much else there is', () => {
    const messages = numbers(60).map((index) => `the volume of orders-${index} is gone ${'for good '.repeat(40)}`);
    const findings = messages.map((message, index) =>
      blockerOf(eu, objectOf('StatefulSet', `orders-${index}`), message),
    );

    const text = reviewComment(reviewOn([eu], { verdict: 'blocked', changes: many(3_000), findings }), github);

    for (const message of messages) expect(text).toContain(message.trim());
    expect(text.length).toBeLessThanOrEqual(github.limit);
  });

  test('cuts messages of blockers before it leaves one out', () => {
    const findings = numbers(200).map((index) =>
      blockerOf(eu, objectOf('StatefulSet', `orders-${index}`), 'lost '.repeat(400)),
    );

    const text = reviewComment(reviewOn([eu], { verdict: 'blocked', findings }), github);

    for (const index of numbers(200)) expect(text).toContain(`- **data-loss** · \`StatefulSet shop/orders-${index}\``);
    expect(text).not.toContain('Not shown');
    expect(text.length).toBeLessThanOrEqual(github.limit);
  });

  test('is counted in one sentence that names the kinds', () => {
    const changes = [
      ...many(2_000),
      ...numbers(500).map((index) => updateOf(eu, objectOf('Service', `svc-${index}`), fieldOf(['a'], index, -index))),
    ];

    const text = reviewComment(reviewOn([eu], { changes }), { ...github, limit: 20_000 });

    const shown = times(text, /^- \*\*~\*\* /m);
    const [, maps, services] = /full:\*\* (\d+) × `ConfigMap`, (\d+) × `Service`\./.exec(text) ?? [];
    expect(shown + Number(maps) + Number(services)).toBe(2_500);
  });

  test('goes on in parts that stand for themselves, three at most', () => {
    const findings = [blockerOf(eu, web, 'the volume is gone')];
    const parts = (length: number) =>
      tellReview(reviewOn([eu], { verdict: 'blocked', changes: many(length), findings }), {
        ...github,
        limit: 20_000,
      }).comments();

    const [two, three] = [parts(500), parts(3_000)];

    expect(parts(30)).toHaveLength(1);
    expect(two.map((text) => text.split('\n')[0])).toEqual([
      expect.stringMatching(/^### ⛔ Blocked — 1 blocker · .*\(part 1 of 2\)$/),
      expect.stringMatching(/^### ⛔ Blocked — 1 blocker · .*\(part 2 of 2\)$/),
    ]);
    expect(two.reduce((sum, text) => sum + times(text, /`ConfigMap shop\/config-/), 0)).toBe(500);
    expect(two.join('')).not.toContain('Not shown');
    expect(two[0]).toContain('goes on in the next comment');
    expect(three).toHaveLength(3);
    expect(three[2]).toMatch(/Not shown.*× `ConfigMap`/);
    for (const text of [...two, ...three]) {
      expect(faultsOf(text, 20_000)).toEqual([]);
      expect(text).toContain('<sub>head <code>9f3c2e100000</code>');
    }
  });
});

describe('what is the same', () => {
  const image = fieldOf(['spec', 'image'], 'web:1', 'web:2');

  test('on several clusters is shown once with all of them, and what differs apart', () => {
    const changes = [
      updateOf(eu, web, image),
      updateOf(us, web, image),
      updateOf(us, objectOf('Service', 'web'), fieldOf(['spec', 'port'], 80, 81)),
    ];

    const text = reviewComment(reviewOn([eu, us], { changes }), github);

    expect(times(text, '`web:2`')).toBe(1);
    expect(text).toContain(
      '<b>apps/checkout</b> · prod · prod-us, prod · prod-eu — 1 resource, alike on 2 targets: 1 changed',
    );
    expect(text).toContain('<b>apps/checkout</b> · prod · prod-us — 1 resource: 1 changed');
  });

  test.each([
    ['a live value', updateOf(us, web, { ...image, before: 'web:0' })],
    ['a cause', updateOf(us, web, { ...image, cause: 'admission' })],
    ['what stays', { ...updateOf(us, web, image), stays: [{ path: ['spec', 'x'], owners: ['kubectl'] }] }],
    ['one more field', updateOf(us, web, image, fieldOf(['spec', 'replicas'], 1, 2))],
  ])('is not what differs in %s', (_what, other) => {
    const text = reviewComment(reviewOn([eu, us], { changes: [updateOf(eu, web, image), other] }), github);

    expect(text).not.toContain('alike');
    expect(times(text, '`web:2`')).toBe(2);
  });

  test('by its looks alone is not joined: a masked value', () => {
    const secret = objectOf('Secret', 'db');
    const masked = fieldOf(['data', 'password'], '(hidden)', '(hidden, changed)');
    const changes = [eu, us].map((target) => updateOf(target, secret, masked));
    const more = ['a', 'b', 'c'].map((name) => updateOf(eu, objectOf('Secret', name), masked));

    const text = reviewComment(reviewOn([eu, us], { changes: [...changes, ...more] }), github);

    expect(times(text, '`data.password`')).toBe(5);
  });

  test('on many objects is one line, and what is an object’s own stays with it', () => {
    const chart = fieldOf(['metadata', 'labels', 'helm.sh/chart'], 'shop-1.4.0', 'shop-1.5.0');
    const labelled = numbers(38).map((index) => updateOf(eu, objectOf('Service', `svc-${index}`), chart));
    const own = updateOf(eu, web, chart, image);

    const text = reviewComment(reviewOn([eu], { changes: [...labelled, own] }), github);

    expect(times(text, '`shop-1.5.0`')).toBe(1);
    expect(text).toContain('`metadata.labels["helm.sh/chart"]` `shop-1.4.0` → `shop-1.5.0` on 39 resources: ');
    for (const index of numbers(38)) expect(text).toContain(`\`Service shop/svc-${index}\``);
    expect(text).toContain('**~ `Deployment shop/web`** — 1 field it shares with others said once below');
    expect(times(text, '`web:2`')).toBe(1);
  });

  test('is not folded where a finding points at the object', () => {
    const replicas = fieldOf(['spec', 'replicas'], 3, 0);
    const changes = numbers(4).map((index) => updateOf(eu, objectOf('Deployment', `web-${index}`), replicas));
    const findings = [blockerOf(eu, objectOf('Deployment', 'web-2'), 'nothing runs')];

    const text = reviewComment(reviewOn([eu], { changes, findings }), github);

    expect(text).toContain('`spec.replicas` `3` → `0` on 3 resources');
    expect(text).toMatch(/\*\*~ `Deployment shop\/web-2`\*\*\n\n\| Field/);
  });

  test('of findings is said once with the targets', () => {
    const findings = [eu, us].map((target) => blockerOf(target, web, 'the volume is gone'));

    const text = reviewComment(reviewOn([eu, us], { verdict: 'blocked', findings }), github);

    expect(times(text, 'the volume is gone')).toBe(1);
    expect(text).toContain('`apps/checkout@prod:prod-eu`, `apps/checkout@prod:prod-us`');
    expect(text).toContain('2 blockers');
  });
});

describe('how a change comes about', () => {
  test('is said beside it and counted in the headline', () => {
    const base = updateOf(eu, web, fieldOf(['spec', 'x'], 1, 2));
    const changes = [
      {
        ...base,
        resource: objectOf('Job', 'migrate'),
        action: 'recreate' as const,
        takes: ['3 Pods', '1 PersistentVolumeClaim'],
      },
      {
        ...base,
        resource: objectOf('Service', 'old'),
        action: 'adopt' as const,
        adopts: { owner: 'Helm release shop/web', fields: 4 },
      },
      { ...base, resource: objectOf('Widget', 'w'), offline: 'its definition comes with this pull' },
      {
        ...base,
        stays: [{ path: ['spec', 'paused'], owners: ['kubectl-client-side-apply'] }],
        adopts: { owner: null, fields: 2 },
      },
    ];

    const text = reviewComment(reviewOn([eu], { changes }), github);

    expect(text.split('\n')[0]).toContain(
      '(1 recreated, 1 adopted, 1 with fields that stay, 1 worked out without the server)',
    );
    expect(text).toContain(
      '**± `Job shop/migrate`** — deleted and created anew, as no server changes such a field; takes with it 3 Pods, 1 PersistentVolumeClaim',
    );
    expect(text).toContain('taken over from `Helm release shop/web`, 4 fields taken over as they are');
    expect(text).toContain('worked out without the server: its definition comes with this pull');
    expect(text).toContain('2 fields taken over as they are; 1 field Git says no more stays');
    expect(text).toContain('Stays all the same: `spec.paused`, owned by `kubectl-client-side-apply`.');
  });
});

describe('the second page of a check', () => {
  test('is empty where the comment shows all in full', () => {
    expect(tellReview(reviewOn([eu], { changes: many(5, 3) }), github).details(60_000)).toBe('');
  });

  test('shows in full what the comment shows in short, gravest first, and counts what has no room there either', () => {
    const changes = many(900, 6);
    const comment = reviewComment(reviewOn([eu], { changes }), github);
    const page = tellReview(reviewOn([eu], { changes }), github).details(60_000);

    expect(faultsOf(page, 60_000)).toEqual([]);
    expect(times(page, '| Field |')).toBeGreaterThan(100);
    for (const index of numbers(900)) {
      const isFull = (text: string): boolean => text.includes(`| \`data.key-${index}-0\` |`);
      expect(isFull(comment) && isFull(page)).toBe(false);
    }
    expect(page).toMatch(/Not shown, as the comment is full:\*\* \d+ × `ConfigMap`/);
  });
});
