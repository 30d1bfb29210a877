import fc from 'fast-check';
import type { CallFate, ModelAction } from './model-forge.ts';

/** What becomes of the webhooks of an action: all deliveries come once, twice or never. */
export type HookFate = 'once' | 'twice' | 'lost';

/** One step of a schedule. A `pick` chooses among what is there, around and around. */
export type Step =
  /** Somebody does something at the forge. */
  | { readonly kind: 'act'; readonly action: ModelAction; readonly fate: HookFate }
  /** A webhook on its way arrives: one of the 50 oldest. */
  | { readonly kind: 'deliver'; readonly pick: number }
  /** A call of the bot that is on its way is carried out. */
  | { readonly kind: 'answer'; readonly pick: number; readonly fate: CallFate }
  | { readonly kind: 'pass'; readonly milliseconds: number }
  /** The process dies after so many more of its statements and calls. */
  | { readonly kind: 'die'; readonly after: number }
  | { readonly kind: 'start' }
  | { readonly kind: 'resync' };

/** How far a delivery may be overtaken. */
export const window = 50;

const fate = fc.oneof(
  { weight: 70, arbitrary: fc.constant('once' as const) },
  { weight: 20, arbitrary: fc.constant('twice' as const) },
  { weight: 10, arbitrary: fc.constant('lost' as const) },
);
const pull = fc.nat(4);
const action: fc.Arbitrary<ModelAction> = fc.oneof(
  { weight: 3, arbitrary: fc.constant({ kind: 'open' } as const) },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('push' as const), pull }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom('close' as const, 'reopen' as const), pull }) },
  { weight: 1, arbitrary: fc.constant({ kind: 'move-base' } as const) },
);
const callFate = fc.oneof(
  { weight: 90, arbitrary: fc.constant('answered' as const) },
  { weight: 5, arbitrary: fc.constant('answer-lost' as const) },
  { weight: 5, arbitrary: fc.constant('refused' as const) },
);
const pick = fc.nat(window - 1);

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 20, arbitrary: fc.record({ kind: fc.constant('act' as const), action, fate }) },
  { weight: 22, arbitrary: fc.record({ kind: fc.constant('deliver' as const), pick }) },
  { weight: 45, arbitrary: fc.record({ kind: fc.constant('answer' as const), pick, fate: callFate }) },
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('pass' as const), milliseconds: fc.nat(1_200_000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('die' as const), after: fc.nat(60) }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'start' } as const) },
  { weight: 1, arbitrary: fc.constant({ kind: 'resync' } as const) },
);

/** Schedules; a failing one shrinks to the steps it takes. */
export const schedules: fc.Arbitrary<readonly Step[]> = fc.array(step, { minLength: 1, maxLength: 70, size: 'max' });
