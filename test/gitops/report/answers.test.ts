import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  accepted,
  type CommandText,
  elsewhere,
  helpText,
  misused,
  refusal,
  refused,
  replyText,
  unknownCommand,
} from '../../../src/gitops/report/answers.ts';
import { explainText, statusText, waitingText } from '../../../src/gitops/report/status.ts';
import { hostileDeployment, hostileText, soak } from '../../support/deployments.ts';
import { faultsOf, topTypes } from '../../support/markdown-shape.ts';
import { brokenSettings, changes, failed, staging, waiting } from './told.ts';

const commands: readonly CommandText[] = [
  { usage: 'help', text: 'Lists the commands.', on: ['pull', 'issue'], who: 'read' },
  { usage: 'approve ENV', text: 'Approves the deploy.', on: ['pull'], who: 'write, or a team' },
  { usage: 'heal ID', text: 'Puts Git back.', on: ['pull', 'issue'], who: 'write' },
];

describe('help', () => {
  test('lists the commands of the place only', () => {
    expect(topTypes(helpText(commands, 'pull'))).toEqual(['paragraph', 'table', 'paragraph']);
    expect(helpText(commands, 'issue')).not.toContain('approve');
  });
});

describe('an answer', () => {
  test('to somebody without rights names who may', () => {
    const view = { command: 'approve prod', actor: 'mallory', role: 'read', has: 'read', teams: ['acme/sre'] };

    expect(refusal(view)).toBe(
      '⛔ Refused `/fairlead approve prod`: it needs somebody of `acme/sre` with the role `read` or above; `mallory` is not known to be one.',
    );
    expect(refusal({ ...view, teams: [], role: 'write' })).toBe(
      '⛔ Refused `/fairlead approve prod`: it needs the role `write` or above; `mallory` has `read`.',
    );
  });

  test('to an unknown verb offers the nearest', () => {
    expect(unknownCommand('aprove', 'approve')).toContain('Did you mean `/fairlead approve`?');
    expect(unknownCommand('zzz', null)).not.toContain('Did you mean');
  });

  test('holds its form whatever was typed', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const answers = [
          refusal({ command: text, actor: text, role: 'write', has: 'read', teams: [text] }),
          unknownCommand(text, null),
          elsewhere(text, 'pull'),
          misused(text, text, 'help'),
          refused(text, 'because.'),
          accepted(text, 'done.'),
        ];

        expect(faultsOf(replyText(answers, 60_000), 60_000)).toEqual([]);
      }),
      { numRuns: 60 * soak },
    );
  });

  test('that has no room is counted', () => {
    const text = replyText(Array(10).fill('x'.repeat(500)), 2_000);

    expect(text.length).toBeLessThanOrEqual(2_000);
    expect(text).toContain('… 7 more answers not shown');
  });
});

describe('status', () => {
  const view = { deployments: [staging, failed, waiting], pauses: [], mode: 'enforce' as const, problem: null };

  test('shows the newest of every target and the next commands', () => {
    const text = statusText({ ...view, pauses: [{ environment: 'prod', by: 'anna', reason: 'quarter end' }] }, 10_000);

    expect(text).toMatch(/\| `prod` · `prod-us` \| `apps\/checkout` \| `ab12cd3` \| ⏳ Waiting/);
    expect(text).toContain('⏸️ `prod` is paused by `anna`: quarter end');
    expect(text).toContain('**Next:** `/fairlead retry prod`');
  });

  test('explains what waits and what ends the wait', () => {
    const text = waitingText(view, 10_000);

    expect(text).not.toContain('staging');
    expect(text).toMatch(/Waiting: for an approval of acme\/sre: `\/fairlead approve prod`$/m);
  });

  test('and what waits say that the newest settings are not in force', () => {
    const broken = { ...view, problem: brokenSettings };

    for (const text of [statusText(broken, 10_000), waitingText(broken, 10_000)]) {
      expect(text).toContain('⚠️ **Settings:** the settings of ab12cd3 are not in force');
      expect(faultsOf(text, 60_000)).toEqual([]);
    }
  });

  test('names the command that ends a hold', () => {
    const held = { ...view, deployments: [{ ...waiting, reason: 'held by anna' }] };

    expect(waitingText(held, 10_000)).toMatch(/held by anna — `\/fairlead unhold` ends that$/);
  });

  test('explains a resource path by path with its cause', () => {
    expect(explainText(changes.slice(0, 1), 10_000)).toContain('Why: 2 said by Git.');
  });

  test('holds its form whatever the names are', () => {
    fc.assert(
      fc.property(fc.array(hostileDeployment, { maxLength: 12 }), (deployments) => {
        const hostile = { ...view, deployments };

        expect(faultsOf(statusText(hostile, 8_000), 60_000)).toEqual([]);
        expect(faultsOf(waitingText(hostile, 8_000), 60_000)).toEqual([]);
      }),
      { numRuns: 60 * soak },
    );
  });
});
