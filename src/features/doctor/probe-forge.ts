import type { ForgeInspector } from '../../world/forge/inspect.ts';
import type { Probe } from './diagnosis.ts';
import { type AppNeeds, judgeAccount, judgeHook } from './judge-forge.ts';

/** Looks at our account on a forge and at its webhook. */
export function forgeProbes(
  { name, inspector }: { readonly name: string; readonly inspector: () => Promise<ForgeInspector> },
  { needs, now }: { readonly needs: AppNeeds; readonly now: () => Date },
): readonly Probe[] {
  const area = `forge ${name}`;
  return [
    {
      area,
      check: 'credentials',
      look: async (signal) => {
        const facts = await (await inspector()).account(signal);
        return judgeAccount(area, facts, { needs, now: now() });
      },
    },
    {
      area,
      check: 'webhook',
      look: async (signal) => {
        const facts = await (await inspector()).hook(signal);
        return facts === null ? [] : judgeHook(area, facts);
      },
    },
  ];
}
