import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { extractQuickActions, quickActions } from '../../../../src/pretend/gitlab/quick-actions.ts';
import { disarm } from '../../../../src/world/forge/gitlab/quick-actions.ts';
import { bot, openPull, openStage, redacted, type Stage } from './setup.ts';

const names = [...quickActions];
const startsWithAction = new RegExp(`^\\r*/\\r*(?:${names.join('|')})\\b`, 'i');

/** Pieces that texts from outside are made of, those that shift what GitLab takes for code among them. */
const piece = fc.oneof(
  fc.constantFrom(...names).map((name) => `/${name}`),
  fc.constantFrom(...names).map((name) => `  /${name.toUpperCase()} now`),
  fc.constantFrom('```', '````', '~~~', '```yaml', '``` ', '`', 'x`', '>>>', '> /merge', '<details>', '</details>'),
  fc.constantFrom('<!-- a -->', '', ' ', '\t', 'text', 'kind: Pod', '- /approve', '/', '//merge', '/fairlead help'),
);
const lineEnd = fc.constantFrom('\n', '\n', '\r\n', '\r', '\n\r', '\r\r\n', '\u2028');
const text = fc
  .array(fc.tuple(piece, lineEnd), { minLength: 1, maxLength: 14 })
  .map((parts) => parts.map(([word, end]) => word + end).join(''));

describe('disarm', () => {
  test.each(names)('makes /%s inert at the start of a line', (name) => {
    const body = `verdict\n/${name}\n  /${name} now\nend`;

    expect(extractQuickActions(body).actions).not.toEqual([]);
    expect(extractQuickActions(disarm(body)).actions).toEqual([]);
  });

  test('leaves no action in any text, whatever fences, quotes and line ends surround it', () => {
    fc.assert(
      fc.property(text, (body) => {
        const safe = disarm(body);
        expect(extractQuickActions(safe).actions).toEqual([]);
        // Whatever GitLab takes for code: no line begins with an action at all.
        expect(safe.split('\n').filter((line) => startsWithAction.test(line))).toEqual([]);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([
    ['an inner fence that GitLab takes for the end', '````\n```\n/approve\n````'],
    ['tildes, which GitLab does not know', '~~~\n/merge\n~~~'],
    ['a tag that begins before the fence and ends in it', '<details>\n```\n</details>\n/merge\n```'],
    ['a carriage return that GitLab drops', 'a\n\r/approve\r\n'],
    ['a slash apart from its word by a carriage return', 'a\n/\rapprove'],
  ])('is not led astray by %s', (_what, body) => {
    expect(extractQuickActions(body).actions).not.toEqual([]);
    expect(extractQuickActions(disarm(body)).actions).toEqual([]);
  });

  test('changes nothing that people see', () => {
    fc.assert(
      fc.property(text, (body) => {
        expect(disarm(body).replaceAll('\u200B', '')).toBe(body.replaceAll('\r', ''));
      }),
    );
  });

  test('does the same when done twice', () => {
    fc.assert(
      fc.property(text, (body) => {
        expect(disarm(disarm(body))).toBe(disarm(body));
      }),
    );
  });

  test('leaves our own command, paths in sentences and indented paths in fences as they are', () => {
    const body = '/fairlead apply\nsee /etc/hosts\n```\n  /usr/bin/env\n```\n';

    expect(disarm(body)).toBe(body);
  });
});

describe('what is sent', () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await openStage();
  });
  afterAll(() => stage.stop());

  const evil = redacted('Tool said:\n/approve\n/merge\n  /close\n```\n/label ~x\n```\n');

  test('runs no quick action, wherever text of ours goes', async () => {
    const { port, project, gitlab } = stage;
    const pull = await openPull(project);
    const thread = { kind: 'pull', number: pull } as const;
    await project.commit('fix', { 'fix.yaml': 'a: 1\n' });

    await port.ensureComment(pull, 'review', evil, null);
    await port.ensureComment(pull, 'review', redacted(`${evil}again`), null);
    await port.reply(thread, 'answer', evil);
    const issue = await port.ensureIssue('drift', redacted('/close'), evil, null);
    await port.ensureIssue('drift', redacted('/close'), redacted(`${evil}again`), null);
    await port.reply({ kind: 'issue', number: issue }, 'answer', evil);
    const own = { key: 'revert', branch: 'fix', base: 'main', title: redacted('/merge'), labels: [] };
    await port.ensurePull({ ...own, body: evil });
    await port.ensurePull({ ...own, body: redacted(`${evil}again`) });
    await port.closePull(pull, evil);

    expect(gitlab.executed).toEqual([]);
    expect(gitlab.violations).toEqual([]);
  });

  test('is found equal again although it was made inert', async () => {
    const pull = await openPull(stage.project, { head: 'other' });
    await stage.port.ensureComment(pull, 'review', evil, null);

    expect((await stage.port.ensureComment(pull, 'review', evil, null)).did).toBe('unchanged');
  });

  test('would have run without it', async () => {
    const pull = await openPull(stage.project, { head: 'third' });

    await stage.project.addComment({ kind: 'pull', number: pull }, bot, evil);

    expect(stage.gitlab.executed.map(({ name }) => name)).toEqual(['approve', 'merge']);
  });
});
