/** The one word that decides, by precedence: blocked, incomplete, caution, then exactly one of the rest. */
export type Verdict = 'blocked' | 'incomplete' | 'caution' | 'routine' | 'ready' | 'no-change';

/** Whether the bot stops merges (`enforce`) or only tells (`observe`). */
export type Mode = 'observe' | 'enforce';
