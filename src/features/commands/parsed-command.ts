/** One command as it was typed. Plain data: it comes out of a worker. */
export interface ParsedCommand {
  /** Lower case; `help` where nothing follows the name. */
  readonly verb: string;
  readonly words: readonly string[];
  /** Everything after `/fairlead `, as typed. */
  readonly text: string;
  /** Why it is not read at all, one sentence; null when it is. */
  readonly fault: string | null;
}
