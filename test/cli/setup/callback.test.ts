import { expect, test } from '@jest/globals';
import { createCallback } from '../../../src/cli/setup/callback.ts';
import type { KeptApp } from '../../../src/cli/setup/keep.ts';

const kept: KeptApp = {
  app: { slug: 'fairlead', owner: 'acme', page: 'https://github.test/apps/fairlead' },
  keyFile: '/out/key',
  environmentFile: '/out/env',
  isSecretTheirs: true,
};

/** A callback whose exchanges end when the test says so. */
function open() {
  const asked: { readonly code: string; readonly end: PromiseWithResolvers<KeptApp> }[] = [];
  const told: string[] = [];
  const callback = createCallback({
    state: 'ours',
    take: (code) => {
      const end = Promise.withResolvers<KeptApp>();
      asked.push({ code, end });
      return end.promise;
    },
    show: () => ({ status: 200, html: 'done' }),
    tell: (text) => void told.push(text),
  });
  const come = (code: string) => callback.answer(new URLSearchParams({ code, state: 'ours' }));
  return { callback, asked, told, come };
}

test('a page that is loaded again while its code is exchanged waits for the same exchange', async () => {
  const { asked, come } = open();

  const answers = [come('one'), come('one')];
  asked[0]?.end.resolve(kept);

  expect(await Promise.all(answers)).toMatchObject([{ status: 200 }, { status: 200 }]);
  expect(asked.map(({ code }) => code)).toEqual(['one']);
});

test('a second App is refused while the first is taken in, and after', async () => {
  const { asked, come, callback } = open();
  const first = come('one');

  const second = await come('two');
  asked[0]?.end.resolve(kept);
  await first;

  expect(second).toMatchObject({ status: 409, html: expect.stringContaining('A second App came back') });
  expect(await come('three')).toMatchObject({ status: 409 });
  expect(asked.map(({ code }) => code)).toEqual(['one']);
  expect(callback.result()).toBe(kept);
});

test('a fault of our own says on the page that it is one, and no more', async () => {
  const { asked, come, told } = open();
  const answer = come('one');

  asked[0]?.end.reject(new TypeError('inner words'));

  const page = await answer;
  expect(page).toMatchObject({ status: 500, html: expect.stringContaining('a fault of Fairlead') });
  expect(page.html).not.toContain('inner words');
  expect(told.join('')).toContain('inner words');
});
