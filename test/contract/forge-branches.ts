import { describe, expect, test } from '@jest/globals';
import type { BranchCommit } from '../../src/world/forge/forge.ts';
import { type ForgeSuite, redacted } from './forge-suite.ts';

/** Branches: what stands on them, what protects them, and the commits we make. */
export function describeBranches({ stage, unique, newBranch }: ForgeSuite): void {
  const bytes = (text: string) => new Uint8Array(Buffer.from(text));
  const mainHead = async () => (await stage().port.branchHead('main')) ?? '';

  describe('branches', () => {
    test('knows the head of a branch, also of one with a slash in its name, and that there is none', async () => {
      const branch = `team/${unique('topic')}`;
      const sha = await stage().commit(branch, { [`${unique('file')}.yaml`]: 'a: 1\n' });

      expect(await stage().port.branchHead(branch)).toBe(sha);
      expect(await stage().port.branchHead('no-such-branch')).toBeNull();
      expect(await stage().port.branchHead('team')).toBeNull();
    });

    test('knows the default branch', async () => {
      expect(await stage().port.defaultBranch()).toBe('main');
    });

    test('names the checks that protect a branch, and that nothing does', async () => {
      const branch = await newBranch();
      stage().protect(branch, ['fairlead', 'build']);

      const rules = await stage().port.branchRules(branch);

      expect(rules.requiredChecks?.toSorted()).toEqual(['build', 'fairlead']);
      expect((await stage().port.branchRules(await newBranch())).requiredChecks).toEqual([]);
    });
  });

  describe('commits on a branch of our own', () => {
    /** A base of its own, so that files of other tests do not matter. */
    async function newCommit(changes: Partial<BranchCommit> = {}): Promise<BranchCommit> {
      const name = unique('revert');
      const base = await stage().commit('main', {
        [`${name}/keep.yaml`]: 'keep: 1\n',
        [`${name}/gone.yaml`]: 'g: 1\n',
      });
      const files = new Map([
        [`${name}/new/deep.yaml`, bytes('new: 1\n')],
        [`${name}/keep.yaml`, bytes('keep: 2\n')],
        [`${name}/gone.yaml`, null],
      ]);
      return { branch: `fairlead/${name}`, base, files, message: redacted('Revert #17'), ...changes };
    }

    test('adds, changes and removes files on top of the base, and nothing else', async () => {
      const commit = await newCommit();
      const [added = '', kept = '', gone = ''] = [...commit.files.keys()];
      const before = await mainHead();

      const sha = await stage().port.ensureBranchCommit(commit);

      const { branch } = commit;
      expect(await stage().port.branchHead(branch)).toBe(sha);
      expect(await mainHead()).toBe(before);
      expect((await stage().file(branch, added))?.content).toBe('new: 1\n');
      expect((await stage().file(branch, kept))?.content).toBe('keep: 2\n');
      expect(await stage().file(branch, gone)).toBeNull();
      const pull = await stage().openPull({ head: branch });
      expect(await stage().port.changedFiles(pull)).toEqual([added, kept, gone].toSorted());
    });

    test('keeps bytes that are no text, and the mode of a file that is there', async () => {
      const script = `${unique('script')}.sh`;
      const base = await stage().commitScript('main', script, '#!/bin/sh\n');
      const branch = `fairlead/${unique('mode')}`;
      const image = `${unique('image')}.bin`;
      const files = new Map([
        [script, bytes('#!/bin/sh\nexit 1\n')],
        [image, new Uint8Array([0, 255, 254, 10])],
      ]);

      await stage().port.ensureBranchCommit({ branch, base, files, message: redacted('Change') });

      expect(await stage().file(branch, script)).toEqual({ content: '#!/bin/sh\nexit 1\n', mode: '100755' });
      expect((await stage().file(branch, image))?.mode).toBe('100644');
    });

    test('takes the removal of a file that is not there as done', async () => {
      const { files, ...commit } = await newCommit();

      await stage().port.ensureBranchCommit({ ...commit, files: new Map([...files, ['never/was.yaml', null]]) });

      expect(await stage().file(commit.branch, 'never/was.yaml')).toBeNull();
    });

    test('leaves the branch alone when it is asked for again', async () => {
      const commit = await newCommit();

      const first = await stage().port.ensureBranchCommit(commit);
      await stage().commit('main', { [`${unique('later')}.yaml`]: 'a: 1\n' });

      expect(await stage().port.ensureBranchCommit(commit)).toBe(first);
    });

    test('makes one commit however many ask at the same time', async () => {
      const commit = await newCommit();

      const shas = await Promise.all([1, 2, 3].map(() => stage().port.ensureBranchCommit(commit)));

      expect(new Set(shas).size).toBe(1);
    });

    test('finds what it made when the answer was lost', async () => {
      const commit = await newCommit();
      stage().failNext({ kind: 'lost-answer', on: 'create' });

      await expect(stage().port.ensureBranchCommit(commit)).rejects.toMatchObject({ kind: 'unavailable' });
      const sha = await stage().port.ensureBranchCommit(commit);

      expect(await stage().port.branchHead(commit.branch)).toBe(sha);
    });

    test('refuses a branch that holds other content', async () => {
      const commit = await newCommit();
      const [path = ''] = commit.files.keys();
      const theirs = await stage().commit(commit.branch, { [path]: 'theirs: 1\n' });

      await expect(stage().port.ensureBranchCommit(commit)).rejects.toMatchObject({ kind: 'conflict' });

      expect(await stage().port.branchHead(commit.branch)).toBe(theirs);
    });

    test('does not take a branch for ours to which somebody added a commit', async () => {
      const commit = await newCommit();
      await stage().port.ensureBranchCommit(commit);
      await stage().commit(commit.branch, { 'apps/backdoor.yaml': 'kind: ClusterRole\n' });

      await expect(stage().port.ensureBranchCommit(commit)).rejects.toMatchObject({ kind: 'conflict' });
    });
  });
}
