import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { PretendRepository } from '../../../../src/pretend/github/repository.ts';
import { createGitHub } from '../../../../src/world/forge/github/github.ts';
import { fast, openPull, openStage, quiet, redacted, type Stage, webhookSecret } from './setup.ts';

let stage: Stage;
let clock = 0;
beforeEach(async () => {
  stage = await openStage();
  clock = 0;
});
afterEach(() => stage.stop());

/** A bot whose clock is moved by hand. */
function openForge(write = 0) {
  const { id: appId, privateKey } = stage.github.app;
  return createGitHub({
    ...{ appId, privateKey, baseUrl: stage.github.apiUrl, webhookSecrets: [webhookSecret], logger: quiet },
    ...{ redact: (text: string) => text, pace: { ...fast, write }, now: () => new Date(Date.now() + clock) },
  });
}

const refOf = ({ id, fullName, installation }: PretendRepository) => ({ forge: 'github', id, fullName, installation });
const gone = { code: 'repository-gone', kind: 'not-found' };

describe('a repository', () => {
  test('that was renamed is read, written and fetched under its new name', async () => {
    const pull = await openPull(stage.repo);
    const forge = openForge();
    const before = await forge.repo(refOf(stage.repo));

    await stage.repo.moveTo('acme/delivery');
    // A port that was opened under the old name goes on.
    await before.reply({ kind: 'pull', number: pull }, 'early', redacted('still here'));
    clock = 120_000;
    const port = await forge.repo(refOf(stage.repo));
    await port.reply({ kind: 'pull', number: pull }, 'late', redacted('here'));

    expect(port.ref).toEqual({ ...refOf(stage.repo), fullName: 'acme/delivery' });
    expect(stage.repo.comments(pull).map(({ body }) => body.split('\n')[1])).toEqual(['still here', 'here']);
    expect((await port.gitRemote()).url).toMatch(/\/acme\/delivery\.git$/);
    expect(stage.github.violations).toEqual([]);
  });

  test('that went to another organisation is reached by the installation there', async () => {
    const pull = await openPull(stage.repo);
    const other = await stage.github.createRepo({ owner: 'umbrella', name: 'elsewhere' });

    await stage.repo.moveTo('umbrella/gitops');
    const port = await openForge().repo(refOf(stage.repo));

    expect(port.ref).toMatchObject({ fullName: 'umbrella/gitops', installation: other.installation });
    expect((await port.pull(pull)).number).toBe(pull);
  });

  test('whose name is another one now is not taken for that one', async () => {
    const pull = await openPull(stage.repo);
    await stage.repo.moveTo('acme/delivery');
    await stage.github.createRepo({ owner: 'acme', name: 'gitops' });

    const port = await openForge().repo(refOf(stage.repo));

    expect(port.ref.fullName).toBe('acme/delivery');
    expect((await port.pull(pull)).number).toBe(pull);
  });

  test('that is archived, or without the app, is gone; it comes back with the app', async () => {
    const forge = openForge();
    await stage.repo.uninstall();
    await expect(forge.repo(refOf(stage.repo))).rejects.toMatchObject(gone);

    await stage.repo.install();
    await expect(forge.repo(refOf(stage.repo))).resolves.toBeDefined();

    await stage.repo.archive();
    clock = 120_000;
    await expect(forge.repo(refOf(stage.repo))).rejects.toMatchObject(gone);
  });

  test('is told of under its new name, and when the app comes back', async () => {
    const read = () => {
      const { event, payload } = stage.github.hooks.deliveries.at(-1) ?? { event: '', payload: '' };
      return stage.forge.receiver.normalise({ headers: { 'x-github-event': event }, body: Buffer.from(payload) });
    };
    await stage.repo.moveTo('acme/delivery');
    const repo = { ...refOf(stage.repo), fullName: 'acme/delivery' };
    expect(read()).toEqual([{ kind: 'repo-seen', repo, isBack: false }]);

    await stage.repo.uninstall();
    expect(read()).toEqual([]);

    await stage.repo.install();
    expect(read()).toEqual([{ kind: 'repo-seen', repo, isBack: true }]);
  });
});

describe('two organisations', () => {
  test('have each a token and a pace of their own, and one that is limited does not hold up the other', async () => {
    const other = await stage.github.createRepo({ owner: 'umbrella', name: 'gitops' });
    const [mine, theirs] = [await openPull(stage.repo), await openPull(other)];
    const before = stage.github.requests.length;
    const forge = openForge(400);
    const [port, free] = [await forge.repo(refOf(stage.repo)), await forge.repo(refOf(other))];
    stage.github.faults.add({ kind: 'secondary-limit', method: 'POST', path: /^\/repos\/acme\//, times: 10 });
    const write = (to: typeof port, pull: number) => (key: string) =>
      to.reply({ kind: 'pull', number: pull }, key, redacted(key));
    const keys = ['a', 'b', 'c', 'd', 'e'];

    const limited = Promise.allSettled(keys.map(write(port, mine)));
    const started = Date.now();
    await Promise.all(keys.map(write(free, theirs)));

    // Five writes with 400 ms between them take 1.6 s at least; ten in one queue would take 3.6 s.
    expect(Date.now() - started).toBeLessThan(3_400);
    expect(other.comments(theirs)).toHaveLength(5);
    for (const outcome of await limited) expect(outcome).toMatchObject({ reason: { kind: 'limited' } });
    const minted = stage.github.requests
      .slice(before)
      .filter(({ path }) => path.endsWith('/access_tokens'))
      .map(({ path }) => path);
    expect(minted).toEqual(
      [stage.repo, other].map(({ installation }) => `/app/installations/${installation}/access_tokens`),
    );
  });
});
