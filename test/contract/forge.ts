import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { Redacted } from '../../src/model/redacted.ts';
import type { Annotation, CheckReport, Forge, RepoPort } from '../../src/world/forge/forge.ts';

/** What a forge shows people about a check. */
export interface ShownCheck {
  readonly name: string;
  readonly isDone: boolean;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly annotations: number;
}

/** A forge with one repository, and the hands of its users. */
export interface ForgeStage {
  readonly forge: Forge;
  readonly port: RepoPort;
  /** Commits files to a branch of the repository; the commit id. */
  commit(branch: string, files: Readonly<Record<string, string | null>>): Promise<string>;
  openPull(spec: { head: string; title?: string; author?: string; fork?: boolean; draft?: boolean }): Promise<number>;
  pushToPull(pull: number, files: Readonly<Record<string, string | null>>): Promise<string>;
  closePull(pull: number): Promise<void>;
  mergePull(pull: number): Promise<string>;
  addComment(pull: number, author: string, body: string): void;
  /** Bodies of the live comments, oldest first. */
  comments(pull: number): readonly string[];
  /** The newest check of each name on a commit. */
  checks(sha: string): readonly ShownCheck[];
  setRole(user: string, role: string): void;
  stop(): Promise<void>;
}

const redacted = (text: string) => text as Redacted;

/** What every forge adapter does alike. Run it over the real thing or its double. */
export function describeForge(name: string, open: () => Promise<ForgeStage>): void {
  describe(`${name} as a forge`, () => {
    let stage: ForgeStage;
    let branches = 0;
    beforeAll(async () => {
      stage = await open();
    });
    afterAll(() => stage.stop());

    /** A pull of its own branch that changes the files. */
    async function newPull(files: Readonly<Record<string, string | null>> = {}, spec: { fork?: boolean } = {}) {
      branches += 1;
      const head = `topic-${branches}`;
      await stage.commit(head, { [`apps/${head}.yaml`]: 'kind: Service\n', ...files });
      return stage.openPull({ head, ...spec });
    }

    test('shows a pull with its head, base and the merge the forge made', async () => {
      const number = await stage.openPull({ head: await branchWith('one.yaml'), title: 'A title', author: 'mona' });

      const pull = await stage.port.pull(number);

      expect(pull).toMatchObject({ number, title: 'A title', author: 'mona', state: 'open', draft: false });
      expect(pull.head.fromFork).toBe(false);
      expect(pull.base.ref).toBe('main');
      expect([pull.mergeable, pull.mergeSha?.length]).toEqual([true, 40]);
    });

    async function branchWith(file: string): Promise<string> {
      branches += 1;
      await stage.commit(`topic-${branches}`, { [file]: `n: ${branches}\n` });
      return `topic-${branches}`;
    }

    test('has no merge commit for a pull in conflict', async () => {
      const number = await newPull({ 'shared.yaml': 'value: theirs\n' });
      await stage.commit('main', { 'shared.yaml': 'value: ours\n' });

      const pull = await stage.port.pull(number);

      expect([pull.mergeable, pull.mergeSha]).toEqual([false, null]);
    });

    test('follows a pull from open to merged and to closed', async () => {
      const merged = await newPull();
      const closed = await newPull();

      await stage.mergePull(merged);
      await stage.closePull(closed);

      expect((await stage.port.pull(merged)).state).toBe('merged');
      expect((await stage.port.pull(closed)).state).toBe('closed');
    });

    test('says when a head stands in a fork and when a pull is a draft', async () => {
      const fork = await newPull({}, { fork: true });
      const draft = await stage.openPull({ head: await branchWith('two.yaml'), draft: true });

      expect((await stage.port.pull(fork)).head.fromFork).toBe(true);
      expect((await stage.port.pull(draft)).draft).toBe(true);
    });

    test('says not-found of a pull that is not there', async () => {
      await expect(stage.port.pull(987_654)).rejects.toMatchObject({ kind: 'not-found', status: 404 });
    });

    test('lists open pulls only, newest update first, down to a time', async () => {
      const [first, second] = [await newPull(), await newPull()];
      await stage.closePull(await newPull());
      await stage.pushToPull(first, { 'late.yaml': 'a: 1\n' });

      const all = (await stage.port.openPulls(null)).map((pull) => pull.number);

      expect(all.indexOf(first)).toBeLessThan(all.indexOf(second));
      expect(await stage.port.openPulls(new Date(Date.now() + 60_000))).toEqual([]);
      for (const pull of await stage.port.openPulls(null)) expect(pull.state).toBe('open');
    });

    test('names both sides of a rename among the changed files', async () => {
      const content = Array.from({ length: 30 }, (_, line) => `line${line}: ${line}`).join('\n');
      await stage.commit('main', { 'old-name.yaml': content, 'gone.yaml': 'a: 1\n' });
      const number = await newPull({ 'old-name.yaml': null, 'new-name.yaml': content, 'gone.yaml': null });

      const files = await stage.port.changedFiles(number);

      expect(files).toEqual(expect.arrayContaining(['gone.yaml', 'new-name.yaml', 'old-name.yaml']));
      expect(files).toEqual(files.toSorted());
    });

    describe('comments', () => {
      test('creates once, leaves an equal body alone and edits in place', async () => {
        const number = await newPull();
        const ensure = (body: string) => stage.port.ensureComment(number, 'review', redacted(body), null);

        const outcomes = [await ensure('one'), await ensure('one'), await ensure('two')];

        expect(outcomes.map(({ did }) => did)).toEqual(['created', 'unchanged', 'edited']);
        expect(new Set(outcomes.map(({ id }) => id)).size).toBe(1);
        expect(stage.comments(number)).toEqual([expect.stringMatching(/two$/)]);
      });

      test('does not edit for a part that may differ', async () => {
        const number = await newPull();
        const ensure = (time: string, rest: string) =>
          stage.port.ensureComment(
            number,
            'review',
            redacted(`read at ${time}\nread at ${time}, ${rest}`),
            /read at \S+/,
          );

        const outcomes = [await ensure('10:00', 'same'), await ensure('10:05', 'same'), await ensure('10:06', 'other')];

        expect(outcomes.map(({ did }) => did)).toEqual(['created', 'unchanged', 'edited']);
      });

      test('keeps comments of different keys apart', async () => {
        const number = await newPull();

        await stage.port.ensureComment(number, 'review', redacted('review'), null);
        await stage.port.ensureComment(number, 'drift', redacted('drift'), null);
        await stage.port.retireComment(number, 'review');
        await stage.port.retireComment(number, 'review');

        expect(stage.comments(number)).toEqual([expect.stringMatching(/drift$/)]);
        expect(await stage.port.hasComment(number, 'review')).toBe(false);
        expect(await stage.port.hasComment(number, 'drift')).toBe(true);
      });

      test('never takes a comment of somebody else, whatever it says', async () => {
        const number = await newPull();
        await stage.port.ensureComment(number, 'review', redacted('ours'), null);
        const [ours = ''] = stage.comments(number);
        await stage.port.retireComment(number, 'review');
        stage.addComment(number, 'mallory', ours);

        const outcome = await stage.port.ensureComment(number, 'review', redacted('ours'), null);

        expect(outcome.did).toBe('created');
        expect(stage.comments(number)).toHaveLength(2);
      });

      test('is not led to a comment of ours that quotes the marker of another key', async () => {
        const number = await newPull();
        await stage.port.ensureComment(number, 'review', redacted('first'), null);
        const [marked = ''] = stage.comments(number);
        await stage.port.retireComment(number, 'review');
        await stage.port.ensureComment(number, 'drift', redacted(`somebody wrote:\n${marked}`), null);

        const outcome = await stage.port.ensureComment(number, 'review', redacted('first'), null);

        expect(outcome.did).toBe('created');
        expect(stage.comments(number)).toHaveLength(2);
      });

      test('finds its comment behind more than a hundred others', async () => {
        const number = await newPull();
        for (let at = 0; at < 130; at += 1) stage.addComment(number, 'chatty', `comment ${at}`);
        await stage.port.ensureComment(number, 'review', redacted('one'), null);
        for (let at = 0; at < 130; at += 1) stage.addComment(number, 'chatty', `comment ${at}`);

        const outcome = await stage.port.ensureComment(number, 'review', redacted('two'), null);

        expect(outcome.did).toBe('edited');
        expect(stage.comments(number)).toHaveLength(261);
      });

      test('refuses a body beyond the limit of the forge as too large', async () => {
        const number = await newPull();
        const body = redacted('x'.repeat(2_000_000));

        const ensuring = stage.port.ensureComment(number, 'review', body, null);

        await expect(ensuring).rejects.toMatchObject({ kind: 'too-large' });
      });
    });

    describe('checks', () => {
      const report = (changes: Partial<CheckReport> = {}): CheckReport => ({
        name: 'fairlead',
        state: 'done',
        conclusion: 'success',
        title: redacted('Ready'),
        summary: redacted('3 changes'),
        annotations: [],
        ...changes,
      });
      const annotation = (line: number): Annotation => ({
        file: 'apps/web.yaml',
        line,
        level: 'warning',
        title: redacted(`rule ${line}`),
        message: redacted(`message ${line}`),
      });
      const annotations = (count: number) => Array.from({ length: count }, (_, at) => annotation(at + 1));

      async function headOf(number: number): Promise<string> {
        return (await stage.port.pull(number)).head.sha;
      }

      test('carries one check from running to done', async () => {
        const sha = await headOf(await newPull());

        await stage.port.report(sha, report({ state: 'running', conclusion: null }));
        const running = stage.checks(sha);
        await stage.port.report(sha, report({ conclusion: 'neutral' }));

        expect(running).toEqual([expect.objectContaining({ isDone: false, conclusion: null })]);
        expect(stage.checks(sha)).toEqual([
          { name: 'fairlead', isDone: true, conclusion: 'neutral', title: 'Ready', annotations: 0 },
        ]);
      });

      test('delivers every annotation, however many', async () => {
        const sha = await headOf(await newPull());

        await stage.port.report(sha, report({ annotations: annotations(120) }));

        expect(stage.checks(sha)).toEqual([expect.objectContaining({ isDone: true, annotations: 120 })]);
      });

      test('says the same twice without doubling anything', async () => {
        const sha = await headOf(await newPull());

        await stage.port.report(sha, report({ annotations: annotations(60) }));
        await stage.port.report(sha, report({ annotations: annotations(60) }));

        expect(stage.checks(sha)).toEqual([expect.objectContaining({ annotations: 60 })]);
      });

      test('shows the newer report where a finished check is judged again', async () => {
        const sha = await headOf(await newPull());
        await stage.port.report(sha, report({ annotations: annotations(3) }));

        await stage.port.report(sha, report({ state: 'running', conclusion: null }));
        const running = stage.checks(sha);
        await stage.port.report(sha, report({ conclusion: 'failure', annotations: annotations(1) }));

        expect(running).toEqual([expect.objectContaining({ isDone: false })]);
        expect(stage.checks(sha)).toEqual([expect.objectContaining({ conclusion: 'failure', annotations: 1 })]);
      });
    });

    test.each(['read', 'triage', 'write', 'maintain', 'admin'])('tells a user with the role %s apart', async (role) => {
      stage.setRole(`user-${role}`, role);

      expect(await stage.port.roleOf(`user-${role}`)).toBe(role);
    });

    test('gives no role to a stranger', async () => {
      expect(await stage.port.roleOf('nobody-at-all')).toBe('none');
    });

    test('hands out a way to fetch that keeps the secret out of the URL', async () => {
      const remote = await stage.port.gitRemote();

      const url = new URL(remote.url);

      expect([url.username, url.password]).toEqual(['', '']);
      expect(remote.header).toMatch(/^Authorization: /);
    });

    test('the address of a file names commit, path and line, and cannot end a Markdown link', async () => {
      const { port } = stage;
      const sha = 'a'.repeat(40);

      const url = new URL(port.fileUrl(sha, 'apps/a b/(x).yaml', 12));

      expect(url.href).not.toMatch(/[ ()]/);
      expect(decodeURIComponent(url.pathname)).toContain(`${sha}/apps/a b/(x).yaml`);
      expect(url.hash).toContain('12');
      expect(new URL(port.fileUrl(sha, 'a.yaml', null)).hash).toBe('');
    });
  });
}
