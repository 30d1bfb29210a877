import { Script } from 'node:vm';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { visible } from '../../../../src/formats/markdown.ts';
import { reviewHtml } from '../../../../src/gitops/report/html/page.ts';
import { maskReview } from '../../../../src/gitops/report/mask-review.ts';
import { formatPath } from '../../../../src/model/path.ts';
import { formatResource } from '../../../../src/model/resource.ts';
import type { Review } from '../../../../src/model/review.ts';
import { reviewOf, sizeOf } from '../../../support/reviews.ts';
import { seeded } from '../../../support/seeded.ts';
import { elementCounts, hashOf, type PageParts, readPage } from './read-page.ts';
import { hugeReview, sample } from './sample.ts';

const runs = 100 * Number(process.env['FAIRLEAD_SOAK'] ?? 1);
const asIs = (text: string): string => text;
const pageOf = (review: Review): PageParts => readPage(reviewHtml(review, asIs));

/** The text between the tags of one section. */
function sectionText(html: string, id: string): string {
  const section = html.split(`<section id="${id}">`)[1]?.split('</section>')[0] ?? '';
  return section.replaceAll(/<[^>]*>/g, '');
}

describe('the page of a review', () => {
  test('is the same bytes for the same review', () => {
    expect(reviewHtml(structuredClone(sample), asIs)).toBe(reviewHtml(sample, asIs));
  });

  test('says everything the review says, in text that needs no script', () => {
    const { text } = pageOf(sample);

    const said = [
      'Blocked and incomplete',
      ...sample.changes.flatMap(({ resource, paths, takes = [], offline = '', adopts, stays = [] }) => [
        ...[formatResource(resource), ...takes, offline, adopts?.owner ?? ''],
        ...paths.map(({ path }) => formatPath(path)),
        ...stays.flatMap(({ path, owners }) => [formatPath(path), ...owners]),
      ]),
      ...sample.findings.flatMap(({ rule, file, fix }) => [rule, file ?? '', (fix ?? '').replaceAll('`', '')]),
      ...sample.targets.flatMap(({ application, cluster, error }) => [application, cluster ?? '', error ?? '']),
      ...sample.coverage.unownedFiles,
      ...['acme/shop', sample.head, sample.base, '2026-11-22 14:02:11 UTC', '3 of 4 applications rendered'],
    ];
    expect(said.filter((one) => !text.includes(one))).toEqual([]);
  });

  test.each([
    ['recreate', 'deleted and created anew'],
    ['adopt', 'it belongs to Helm release shop/orders; 4 fields of others become'],
    ['takes', 'Goes with it: 1 Pod, its logs'],
    ['offline', 'Predicted without the server: the webhook mutate.example.org has no dry-run'],
    ['stays', 'stays, although Git says it no more'],
    ['takeover', 'taken over'],
    ['admission', 'set by the server'],
  ])('names %s', (_what, words) => {
    expect(sectionText(reviewHtml(sample, asIs), 'changes')).toContain(words);
  });

  test('keeps what is already different apart from what the pull changes', () => {
    const html = reviewHtml(sample, asIs);

    expect(sectionText(html, 'already')).toContain('5');
    expect(sectionText(html, 'already')).toContain('In Git (base)');
    expect(sectionText(html, 'changes')).not.toContain('In Git (base)');
  });

  test('leaves out no resource of thousands, and makes few elements of them before they are looked at', () => {
    const review = hugeReview(5_000);
    const html = reviewHtml(review, asIs);

    expect(html.split('<details class="res"').length - 1).toBe(5_000);
    expect(html.length).toBeLessThan(16_000_000);
    const unopened = html.replaceAll(/<noscript>.*?<\/noscript>/gs, '');
    expect(unopened.split('<').length / 2).toBeLessThan(5_000 * 15);
  });

  test('shows two texts whole that are too large to compare', () => {
    const [before, after] = ['a\n', 'b\n'].map((line) => line.repeat(60_000));
    const path = {
      path: ['data', 'big'],
      before: `${before}END-OF-BEFORE`,
      after: `${after}END-OF-AFTER`,
      cause: 'git',
    } as const;
    const { text } = pageOf({
      ...sample,
      changes: sample.changes.slice(0, 1).map((one) => ({ ...one, paths: [path] })),
    });

    expect(text).toContain('END-OF-BEFORE');
    expect(text).toContain('END-OF-AFTER');
  });
});

describe('the page is one file that needs nothing else', () => {
  const page = pageOf(sample);

  test('its policy lets its own style and script run, and nothing else', () => {
    const policy = page.tags.find(({ attributes }) => attributes.get('http-equiv') === 'Content-Security-Policy');

    expect(policy?.attributes.get('content')?.replaceAll('&#39;', "'")).toBe(
      `default-src 'none'; style-src ${hashOf(page.style)}; script-src ${hashOf(page.script)}; base-uri 'none'; form-action 'none'`,
    );
  });

  test('nothing in it loads anything: links lead into the page, no source, no import', () => {
    const loads = page.tags
      .flatMap(({ attributes }) => [...attributes])
      .filter(([name]) => ['href', 'src', 'srcset', 'action', 'style'].includes(name));

    expect(loads.length).toBeGreaterThan(10);
    expect(loads.filter(([name, value]) => name !== 'href' || !value.startsWith('#'))).toEqual([]);
    expect(page.style).not.toMatch(/url\(|@import|https?:/);
    expect(page.script).not.toMatch(/fetch|XMLHttp|WebSocket|import|https?:/);
  });

  test('every link leads to something, and every label to its control', () => {
    const ids = new Set(page.tags.map(({ attributes }) => attributes.get('id')));
    const wanted = page.tags.flatMap(({ attributes }) => [attributes.get('href')?.slice(1), attributes.get('for')]);

    expect(wanted.filter((id) => id !== undefined && !ids.has(id))).toEqual([]);
    expect(ids.size - 1).toBe(page.tags.filter(({ attributes }) => attributes.has('id')).length);
  });

  test('its script is JavaScript', () => {
    expect(() => new Script(page.script)).not.toThrow();
  });
});

describe('foreign text stays text', () => {
  const hostile = fc.constantFrom(
    '<img src=x onerror=alert(1)>',
    '</noscript><script>alert(1)</script>',
    '</pre></details></style><b>',
    '<!-- x --><i>',
    "' onmouseover='alert(1)",
    '&lt;b&gt;&amp;',
    ']]><svg/onload=alert(1)>',
    '\u202e<a href=javascript:1>',
  );
  // Injective, and of the same length: a text of one shape without what makes markup.
  const harmless: Readonly<Record<string, string>> = { '<': '‹', '>': '›', '&': '＆', "'": '’' };
  const calm = (text: string): string => text.replace(/[<>&']/g, (character) => harmless[character] ?? character);

  test('a hostile review has the elements of its harmless twin, well-formed', () => {
    fc.assert(
      fc.property(fc.nat(), hostile, (seed, suffix) => {
        const random = seeded(seed);
        const grim = maskReview(reviewOf(random, sizeOf(random)), (text) => text + suffix);
        const twin = maskReview(grim, calm);

        expect(elementCounts(pageOf(grim))).toEqual(elementCounts(pageOf(twin)));
      }),
      { numRuns: runs },
    );
  }, 120_000);

  test('nor does a quote end an attribute', () => {
    const grim = maskReview(sample, (text) => `${text}" onfocus="alert(1)`);
    const names = new Set(pageOf(grim).tags.flatMap(({ attributes }) => [...attributes.keys()]));

    expect(names).toEqual(new Set(pageOf(sample).tags.flatMap(({ attributes }) => [...attributes.keys()])));
  });

  test('invisible characters are shown', () => {
    const { text } = pageOf(maskReview(sample, (one) => `${one}\u202e\u200b\u001b[31m`));

    expect(text).toContain(visible('\u202e\u200b\u001b[31m'));
    expect(text).not.toMatch(/[\u202e\u200b\u001b]/);
  });
});

describe('a secret value is masked', () => {
  const masking = (secret: string) => (text: string) => text.replaceAll(secret, '(hidden)');

  test.each(['CANARY<&>"\'`value', 'script', 'details', 'class', 'hidden'])(
    '%s, and the page stays whole',
    (secret) => {
      const leaking = maskReview(sample, (text) => `${text} ${secret}`);
      const before = readPage(reviewHtml(sample, masking(secret)));

      const page = readPage(reviewHtml(leaking, masking(secret)));

      expect(page.text).toContain('(hidden)');
      expect(page.text).not.toContain(`checkout ${secret}`);
      expect(page.script).toBe(before.script);
      expect(elementCounts(page)['details']).toBe(elementCounts(before)['details']);
    },
  );
});
