import { describe, expect, test } from '@jest/globals';
import type { JobKind } from '../../../../src/model/jobs.ts';
import { startableKinds } from '../../../../src/world/store/sql/priorities.ts';

const kinds: readonly JobKind[] = ['deploy', 'review', 'drift'];
const places = { total: 4, reviews: 2 };

describe('the kinds that may start', () => {
  test.each<[string, readonly JobKind[], readonly JobKind[]]>([
    ['nothing', [], ['deploy', 'review', 'drift']],
    ['one review', ['review'], ['deploy', 'review', 'drift']],
    ['two reviews', ['review', 'review'], ['deploy', 'drift']],
    ['three that can wait', ['drift', 'drift', 'review'], ['deploy']],
    ['urgent ones beside', ['deploy', 'ingest'], ['deploy', 'review', 'drift']],
    ['urgent ones in all places but one', ['deploy', 'ingest', 'command'], ['review', 'drift']],
    ['as many as there are places', ['deploy', 'deploy', 'deploy', 'deploy'], []],
  ])('while %s runs', (_what, running, startable) => {
    expect(startableKinds(kinds, running, places)).toEqual(startable);
  });

  test('are all when there is one place, and none when it is taken', () => {
    expect(startableKinds(kinds, [], { total: 1, reviews: 2 })).toEqual(kinds);
    expect(startableKinds(kinds, ['drift'], { total: 1, reviews: 2 })).toEqual([]);
  });
});
