import { describe, expect, test } from '@jest/globals';
import type { ForgeSuite } from './forge-suite.ts';

/** Who may do what: roles, teams, approvals. */
export function describePeople({ stage, newPull, unique }: ForgeSuite): void {
  describe('people', () => {
    test.each(['read', 'triage', 'write', 'maintain', 'admin'])('tells a user with the role %s apart', async (role) => {
      stage().setRole(`user-${role}`, role);

      expect(await stage().port.roleOf(`user-${role}`)).toBe(role);
    });

    test('gives no role to a stranger', async () => {
      expect(await stage().port.roleOf('nobody-at-all')).toBe('none');
    });

    test('knows who is in a team', async () => {
      const { port, team } = stage();
      const user = unique('member');
      stage().addMember(team, user);

      expect(await port.isMember(user, team)).toBe(true);
      expect(await port.isMember(unique('stranger'), team)).toBe(false);
    });

    test('finds nobody in a team that is not there', async () => {
      const user = unique('member');
      stage().addMember(stage().team, user);

      expect(await stage().port.isMember(user, 'acme/no-such-team')).toBe(false);
      expect(await stage().port.isMember(user, 'nonsense')).toBe(false);
    });

    test('knows who approved a pull, and at which head where the forge says so', async () => {
      const pull = await newPull();
      const { head } = await stage().port.pull(pull);
      await stage().approve(pull, 'grace');
      await stage().approve(pull, 'ada');

      const approvals = await stage().port.approvals(pull);

      const expected = stage().forge.capabilities.approvalHeads ? head.sha : null;
      expect(approvals.toSorted((a, b) => a.user.localeCompare(b.user))).toEqual([
        { user: 'ada', head: expected },
        { user: 'grace', head: expected },
      ]);
    });

    test('counts no approval that was taken back, and one that was given again', async () => {
      const pull = await newPull();
      await stage().approve(pull, 'grace');
      await stage().approve(pull, 'ada');
      await stage().withdrawApproval(pull, 'ada');
      await stage().withdrawApproval(pull, 'grace');
      await stage().approve(pull, 'ada');

      const approvals = await stage().port.approvals(pull);

      expect(approvals.map(({ user }) => user)).toEqual(['ada']);
    });

    test('has no approvals of a pull that nobody approved', async () => {
      expect(await stage().port.approvals(await newPull())).toEqual([]);
    });
  });
}
