import { describe, expect, test } from '@jest/globals';
import { isRange, offeredRef } from '../../../../src/world/sources/git/range.ts';
import type { WantedGit } from '../../../../src/world/sources/sources.ts';
import recorded from '../../../fixtures/sources/git-ranges.json' with { type: 'json' };

/** What util/versions of Argo CD 3.5.7 and a clone by fluxcd/pkg/git/gogit said of ranges among these tags. */
const real: readonly {
  readonly tags: readonly string[];
  readonly argocd: Readonly<Record<string, string>>;
  readonly flux: Readonly<Record<string, string>>;
}[] = recorded;

const url = 'https://git.example.com/shop.git';

function offeredTags(tags: readonly string[]): ReadonlyMap<string, string> {
  return new Map(tags.map((tag, index) => [`refs/tags/${tag}`, String(index)]));
}

/** In the words of the record: the tag, or why there is none. */
function answerFor(wanted: WantedGit, tags: readonly string[]): string {
  try {
    const { name } = offeredRef(wanted, offeredTags(tags), 'the repository');
    return name.replace('refs/tags/', '');
  } catch (fault) {
    const said = String(fault);
    if (said.includes('no range')) return 'improper';
    return said.includes('is none: Argo CD') ? 'broken' : 'none';
  }
}

describe.each(real)('among the tags $tags', ({ tags, argocd, flux }) => {
  test('ranges lead where Argo CD takes them', () => {
    const ranges = Object.keys(argocd).filter((revision) => isRange({ url, revision }));

    const ours = ranges.map((revision) => [revision, answerFor({ url, revision }, tags)]);

    expect(ranges.length).toBeGreaterThan(0);
    expect(Object.fromEntries(ours)).toEqual(Object.fromEntries(ranges.map((range) => [range, argocd[range]])));
  });

  test('what Argo CD takes for a name is none', () => {
    const names = Object.keys(argocd).filter((revision) => !isRange({ url, revision }));

    for (const name of names) expect(['improper', name]).toContain(argocd[name]);
  });

  test('ranges lead where Flux takes them', () => {
    const ours = Object.keys(flux).map((revision) => [revision, answerFor({ url, revision, reads: 'range' }, tags)]);

    expect(Object.fromEntries(ours)).toEqual(flux);
  });
});

describe('two tags of one version', () => {
  test('are refused where they are other commits, both named', () => {
    const offered = offeredTags(['1.0.0', 'v1.0.0', '0.9.0']);

    expect(() => offeredRef({ url, revision: '1.x' }, offered, 'shop')).toThrow(
      /^shop has the tags 1\.0\.0 and v1\.0\.0, which are the same version and other commits\.$/,
    );
    expect(offeredRef({ url, revision: '<1' }, offered, 'shop')).toMatchObject({ tag: '0.9.0' });
  });

  test('are one where they are the same commit', () => {
    const offered = new Map([
      ['refs/tags/1.0.0', 'a'],
      ['refs/tags/v1.0.0', 'a'],
    ]);

    expect(offeredRef({ url, revision: '1.x' }, offered, 'shop')).toMatchObject({ isPinned: false });
  });
});

test.each([
  '',
  'HEAD',
  'main',
  'v1.0.0',
  '1.0',
  'refs/heads/1.x',
  'release-*',
  '0123456789012345678901234567890123456789',
])('%j is no range', (revision) => {
  expect(isRange({ url, revision })).toBe(false);
});
