import { describe, expect, test } from '@jest/globals';
import type { ForgeDeployment } from '../../src/world/forge/forge.ts';
import { type ForgeSuite, redacted } from './forge-suite.ts';

/** Deployments as the forge shows them. */
export function describeDeployments({ stage, unique }: ForgeSuite): void {
  async function newDeployment(changes: Partial<ForgeDeployment> = {}): Promise<ForgeDeployment> {
    const sha = await stage().commit('main', { [`${unique('file')}.yaml`]: 'a: 1\n' });
    const key = unique('deployment');
    return { key, environment: 'prod', sha, branch: 'main', description: redacted('web to prod-eu'), ...changes };
  }
  const shown = (id: number) =>
    stage()
      .deployments()
      .find((deployment) => deployment.id === id);

  describe('deployments', () => {
    test('tells the environment, the commit and how it went on', async () => {
      const deployment = await newDeployment();
      const { port } = stage();

      const ref = await port.startDeployment(deployment);
      await port.finishDeployment(ref, 'running', redacted('applied'));
      await port.finishDeployment(ref, 'success', redacted('healthy'));

      const { sha } = deployment;
      expect(shown(ref.id)).toMatchObject({ environment: 'prod', sha });
      expect(shown(ref.id)?.states.at(-1)).toBe('success');
    });

    test.each(['failure', 'inactive'] as const)('tells that it ended as %s', async (state) => {
      const ref = await stage().port.startDeployment(await newDeployment());
      await stage().port.finishDeployment(ref, 'running', redacted('applied'));

      await stage().port.finishDeployment(ref, state, redacted('it ended'));

      expect(shown(ref.id)?.states.at(-1)).toBe(state);
    });

    test('starts one for a key, another for another key', async () => {
      const deployment = await newDeployment();
      const other = { ...deployment, key: unique('deployment') };
      const { port } = stage();

      const [first, again, second] = [
        await port.startDeployment(deployment),
        await port.startDeployment(deployment),
        await port.startDeployment(other),
      ];

      expect(again).toEqual(first);
      expect(second.id).not.toBe(first.id);
    });

    test('starts one however many ask at the same time', async () => {
      const deployment = await newDeployment();

      const refs = await Promise.all([1, 2, 3].map(() => stage().port.startDeployment(deployment)));

      expect(new Set(refs.map(({ id }) => id)).size).toBe(1);
    });

    test('finds the deployment whose making had no answer', async () => {
      const deployment = await newDeployment();
      stage().failNext({ kind: 'lost-answer', on: 'create' });

      await expect(stage().port.startDeployment(deployment)).rejects.toMatchObject({ kind: 'unavailable' });
      const ref = await stage().port.startDeployment(deployment);

      const made = stage()
        .deployments()
        .filter(({ sha }) => sha === deployment.sha);
      expect(made.map(({ id }) => id)).toEqual([ref.id]);
    });

    test('tells the same state once', async () => {
      const ref = await stage().port.startDeployment(await newDeployment());
      await stage().port.finishDeployment(ref, 'running', redacted('applied'));
      const before = stage().writes();

      await stage().port.finishDeployment(ref, 'running', redacted('applied'));

      expect(stage().writes()).toBe(before);
    });

    test('cuts a long description between characters', async () => {
      const description = redacted('😀'.repeat(300));
      const ref = await stage().port.startDeployment(await newDeployment({ description }));

      await stage().port.finishDeployment(ref, 'success', description);

      expect(shown(ref.id)?.states.at(-1)).toBe('success');
    });
  });
}
