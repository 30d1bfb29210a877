import { describe, expect, test } from '@jest/globals';
import { routeEvent } from '../../src/server/route.ts';
import type { ForgeEvent } from '../../src/world/forge/receiver.ts';
import { shop as repo } from '../support/deployments.ts';

const head = 'a'.repeat(40);
const thread = { kind: 'pull', number: 17 } as const;

const ref = 'refs/heads/gh-readonly-queue/main/pr-17-a';
const group = { repo, head, base: 'b'.repeat(40), ref, branch: 'main', pull: 17, isOver: false };

const said = (event: ForgeEvent) => routeEvent(event).map(({ job, key, replace }) => `${job.kind} ${key} ${replace}`);

describe('an event', () => {
  test.each<readonly [ForgeEvent, readonly string[]]>([
    [{ kind: 'pull-changed', repo, pull: 17, head }, ['begin begin:github:42#17 true']],
    [
      { kind: 'pull-merged', repo, pull: 17, branch: 'main' },
      ['merged merged:github:42:main#17 false', 'ended ended:github:42#17 false'],
    ],
    [{ kind: 'pull-closed', repo, pull: 17 }, ['ended ended:github:42#17 false', 'review review:github:42#17 true']],
    [
      { kind: 'branch-moved', repo, branch: 'main', head, before: null },
      ['branch branch:github:42:main true', 'merged merged:github:42:main false', 'sweep sweep:github:42:main true'],
    ],
    [{ kind: 'group-changed', ...group }, [`group group:github:42:${head} true`]],
    // In place of the waiting one: what is over is not looked at.
    [{ kind: 'group-changed', ...group, isOver: true }, [`group group:github:42:${head} true`]],
    [{ kind: 'repo-seen', repo, isBack: false }, []],
    [{ kind: 'repo-seen', repo, isBack: true }, ['sweep sweep:github:42 true']],
    [{ kind: 'check-rerequested', repo, head }, [`check check:github:42:${head} true`]],
    [{ kind: 'comment-created', repo, thread, comment: 5, author: 'ann' }, ['command command:github:42:5 false']],
  ])('%j means work', (event, expected) => {
    expect(said(event)).toEqual(expected);
  });

  test('of a branch that moved tells how far back it reaches', () => {
    const [, merged] = routeEvent({ kind: 'branch-moved', repo, branch: 'main', head, before: 'b' });

    expect(merged?.job.payload).toEqual({ repo, branch: 'main', before: 'b' });
  });

  test('gives every job that may wait at the same time a key of its own', () => {
    const comments = [5, 6].flatMap((comment) =>
      routeEvent({ kind: 'comment-created', repo, thread, comment, author: 'a' }),
    );
    const pulls = [1, 2].flatMap((pull) => routeEvent({ kind: 'pull-changed', repo, pull, head }));
    const keys = [...comments, ...pulls].map(({ key }) => key);

    expect(new Set(keys).size).toBe(4);
  });
});
