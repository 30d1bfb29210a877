import type { ControlPlane } from '../test/control-plane/control-plane.ts';

/** One comparison. Texts carry their units. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  /** The rival's figure, measured beside ours; null where nothing is compared. */
  readonly theirs: string | null;
  /** How many times better than theirs; null where nothing is compared. */
  readonly ratio: number | null;
  readonly goal: Goal | null;
}

/** What should be reached, and whether it was. */
export interface Goal {
  readonly text: string;
  readonly isMet: boolean;
}

/** How much is measured. */
export interface Sizes {
  /** Renders of one input, after the warm ones. */
  readonly renders: number;
  /** Rounds that are run and not counted. */
  readonly warm: number;
  /** Objects of a target. */
  readonly objects: number;
  /** Diffs of the whole target by each contender. */
  readonly diffs: number;
  /** How often all objects are validated. */
  readonly validations: number;
  /** Starts of the program. */
  readonly starts: number;
}

/** What every bench is given. */
export interface Lab {
  /** A folder that is removed at the end. */
  readonly dir: string;
  readonly sizes: Sizes;
  readonly signal: AbortSignal;
  /** A real control plane, started when it is first asked for and shared. */
  controlPlane(): Promise<ControlPlane>;
  /** The program as it is published, built when it is first asked for and shared. */
  program(): Promise<string>;
  /** Tells what is being done. */
  say(line: string): void;
}

/** A group of rows that is chosen by name. */
export interface Bench {
  readonly name: string;
  /** What the table is about, as its heading. */
  readonly text: string;
  /** What "theirs" is, as a column heading; null where no row compares anything. */
  readonly rival: string | null;
  run(lab: Lab): Promise<readonly Row[]>;
}
