/** Calls and writes one installation of a forge may make: what the forge told of it, and what all replicas took together. */
export interface BudgetState {
  readonly word: BudgetWord;
  /** Taken in slots of ten seconds, oldest first. */
  readonly minute: readonly BudgetSlot[];
  /** Taken in slots of five minutes, oldest first. */
  readonly hour: readonly BudgetSlot[];
}

/** What a forge told last. */
export interface BudgetWord {
  /** Calls in all until `resetAt`; null while nothing was told. */
  readonly limit: number | null;
  readonly remaining: number | null;
  /** Milliseconds since 1970; 0 while nothing was told. */
  readonly resetAt: number;
  /** No call before this, in milliseconds since 1970; 0: none is forbidden. */
  readonly closedUntil: number;
}

export interface BudgetSlot {
  /** Number of the slot since 1970. */
  readonly slot: number;
  readonly points: number;
  readonly writes: number;
}

/** Most that all replicas may take together. */
export interface BudgetCaps {
  readonly pointsPerMinute: number;
  readonly writesPerMinute: number;
  readonly writesPerHour: number;
}

/** `points` is what a forge counts calls in, `writes` what makes content that people see. */
export interface BudgetAmount {
  readonly points: number;
  readonly writes: number;
}

/** A wish for a slice of the budget, and what was heard of the forge since the last one. */
export interface BudgetAsk {
  /** At least this; else nothing is given. */
  readonly needed: BudgetAmount;
  /** As much of this as there is. */
  readonly wanted: BudgetAmount;
  readonly caps: BudgetCaps;
  /** Whether the reserve may be used. */
  readonly isUrgent: boolean;
  readonly heard: BudgetWord;
}

export interface BudgetGrant {
  /** Zeros when there is not as much as is needed. */
  readonly given: BudgetAmount;
  /** What is given is good until then; milliseconds since 1970. */
  readonly until: number;
  /** When nothing was given: when there may be something again. */
  readonly freeAt: number;
  /** What all replicas heard together. */
  readonly word: BudgetWord;
}

/** Share of a budget that is kept for what is urgent. */
export const budgetReserve = 0.2;

const minute = { slot: 10_000, slots: 7 } as const;
const hour = { slot: 300_000, slots: 13 } as const;

/** Longest time that calls stay forbidden, in milliseconds: a clock that jumped must not lock us out for good. */
const longestClosure = 2 * 3_600_000;

/** Where nothing was heard. */
export const unheard: BudgetWord = { limit: null, remaining: null, resetAt: 0, closedUntil: 0 };

export const fullBudget: BudgetState = { word: unheard, minute: [], hour: [] };

/**
 * Gives a slice, or nothing, and the state that follows. Windows slide by slots, so that in any minute and any hour no more is
 * taken than the caps say, whoever takes it. Pure; `now` in milliseconds since 1970.
 */
export function takeBudget(
  state: BudgetState,
  ask: BudgetAsk,
  now: number,
): { readonly state: BudgetState; readonly grant: BudgetGrant } {
  const word = mergeWords(state.word, ask.heard, now);
  const windows = { minute: recent(state.minute, minute, now), hour: recent(state.hour, hour, now) };
  const room = roomIn(windows, ask);
  const isEnough = room.points >= ask.needed.points && room.writes >= ask.needed.writes;
  const given = isEnough ? smaller(ask.wanted, room) : { points: 0, writes: 0 };
  const until = (Math.floor(now / minute.slot) + 1) * minute.slot;
  const taken = { minute: add(windows.minute, minute, { now, given }), hour: add(windows.hour, hour, { now, given }) };
  return { state: { word, ...taken }, grant: { given, until, freeAt: freeAt(windows, ask, now), word } };
}

/** What two heard together: of two periods the later one, of one period the lower rest, of two closures the later end. */
export function mergeWords(one: BudgetWord, other: BudgetWord, now: number): BudgetWord {
  const closedUntil = Math.min(Math.max(one.closedUntil, other.closedUntil), now + longestClosure);
  const [earlier, later] = one.resetAt <= other.resetAt ? [one, other] : [other, one];
  const isSamePeriod = later.resetAt - earlier.resetAt < 5_000 && earlier.remaining !== null;
  const remaining = isSamePeriod ? Math.min(earlier.remaining, later.remaining ?? Infinity) : later.remaining;
  return { limit: later.limit, remaining, resetAt: later.resetAt, closedUntil };
}

interface Windows {
  readonly minute: readonly BudgetSlot[];
  readonly hour: readonly BudgetSlot[];
}

interface Grid {
  /** Length of a slot in milliseconds. */
  readonly slot: number;
  /** Slots that count: one more than the window has, as the oldest one counts in part. */
  readonly slots: number;
}

/** Slots that still count. Those of a clock that ran ahead are dropped. */
function recent(slots: readonly BudgetSlot[], grid: Grid, now: number): readonly BudgetSlot[] {
  const current = Math.floor(now / grid.slot);
  return slots.filter(({ slot }) => slot > current - grid.slots && slot <= current);
}

function roomIn({ minute: short, hour: long }: Windows, { caps, isUrgent }: BudgetAsk): BudgetAmount {
  const share = isUrgent ? 1 : 1 - budgetReserve;
  const inMinute = Math.floor(caps.writesPerMinute * share) - sum(short, 'writes');
  const inHour = Math.floor(caps.writesPerHour * share) - sum(long, 'writes');
  return {
    points: Math.max(Math.floor(caps.pointsPerMinute * share) - sum(short, 'points'), 0),
    writes: Math.max(Math.min(inMinute, inHour), 0),
  };
}

function sum(slots: readonly BudgetSlot[], of: keyof BudgetAmount): number {
  return slots.reduce((total, slot) => total + slot[of], 0);
}

function smaller(one: BudgetAmount, other: BudgetAmount): BudgetAmount {
  return { points: Math.min(one.points, other.points), writes: Math.min(one.writes, other.writes) };
}

function add(
  slots: readonly BudgetSlot[],
  grid: Grid,
  { now, given }: { readonly now: number; readonly given: BudgetAmount },
): readonly BudgetSlot[] {
  if (given.points === 0 && given.writes === 0) return slots;
  const current = Math.floor(now / grid.slot);
  const before = slots.filter(({ slot }) => slot !== current);
  const same = slots.find(({ slot }) => slot === current) ?? { points: 0, writes: 0 };
  return [...before, { slot: current, points: same.points + given.points, writes: same.writes + given.writes }];
}

/** When the oldest slot of a window that is full stops to count. */
function freeAt({ minute: short, hour: long }: Windows, { needed, caps, isUrgent }: BudgetAsk, now: number): number {
  const share = isUrgent ? 1 : 1 - budgetReserve;
  const isHourFull = sum(long, 'writes') + needed.writes > Math.floor(caps.writesPerHour * share) && needed.writes > 0;
  const [grid, oldest] = isHourFull ? [hour, long[0]] : [minute, short[0]];
  return Math.max(((oldest?.slot ?? 0) + grid.slots) * grid.slot, now + 1_000);
}
