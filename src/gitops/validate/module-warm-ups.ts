import type { WarmUps } from '../../formats/wasm/locate-module.ts';
import { policyWarmUp } from './policy-engine.ts';
import { readPolicyFolder } from './read-policies.ts';

/** What modules are asked when they are built: the one of policies knows those of this folder from then on. */
export function moduleWarmUps(policyFolder: string): WarmUps {
  return { cel: async () => [policyWarmUp(await readPolicyFolder(policyFolder))] };
}
