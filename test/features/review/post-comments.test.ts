import { beforeAll, expect, test } from '@jest/globals';
import { postComments } from '../../../src/features/review/post-comments.ts';
import { openStage, redacted, type Stage } from '../../world/forge/github/setup.ts';

let stage: Stage;
beforeAll(async () => {
  stage = await openStage();
});

test('a review takes as many comments as it needs, and the ones it needs no more are taken away', async () => {
  await stage.repo.commit('parts', { 'a.yaml': 'a: 1\n' });
  const pull = await stage.repo.openPull({ title: 'parts', author: 'mona', head: 'parts' });
  const post = async (texts: readonly string[], before: number): Promise<readonly string[]> => {
    await postComments(stage.port, pull, { bodies: texts.map(redacted), before });
    return stage.repo.comments(pull).map(({ body }) => body.replace('fairlead:v1 ', ''));
  };

  expect(await post(['one', 'two', 'three'], 1)).toEqual([
    '<!-- key=review -->\none',
    '<!-- key=review-2 -->\ntwo',
    '<!-- key=review-3 -->\nthree',
  ]);
  expect(await post(['one', 'zwei'], 3)).toEqual(['<!-- key=review -->\none', '<!-- key=review-2 -->\nzwei']);
  expect(await post(['eins'], 2)).toEqual(['<!-- key=review -->\neins']);

  const asked = stage.github.requests.length;
  await post(['eins'], 1);
  expect(stage.github.requests.slice(asked).map(({ method }) => method)).toEqual(['GET']);
});
