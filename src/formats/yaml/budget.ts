import { overBudget } from './failure.ts';
import type { DecodeLimits } from './limits.ts';

/** What a part of a file cost. */
export interface Cost {
  readonly nodes: number;
  readonly aliases: number;
}

/** What one file may still cost. What charges one thing throws `decode-failed` when the budget is gone. */
export class Budget {
  readonly file: string;
  readonly limits: DecodeLimits;
  #aliases = 0;
  #nodes = 0;
  #documents = 0;

  constructor(file: string, limits: DecodeLimits) {
    this.file = file;
    this.limits = limits;
  }

  /** Values and keys so far, aliases written out. */
  get nodes(): number {
    return this.#nodes;
  }

  /** What was charged so far and can be charged again at once. */
  spent(): Cost {
    return { nodes: this.#nodes, aliases: this.#aliases };
  }

  /** Whether a cost that was charged before fits once more. */
  affords({ nodes, aliases }: Cost): boolean {
    return this.#nodes + nodes <= this.limits.nodes && this.#aliases + aliases <= this.limits.aliases;
  }

  /** Charges a cost that is affordable. */
  spend({ nodes, aliases }: Cost): void {
    this.#nodes += nodes;
    this.#aliases += aliases;
  }

  spendNodes(count: number, line: number): void {
    this.#nodes += count;
    if (this.#nodes > this.limits.nodes)
      throw this.#gone(line, 'too many values once aliases are written out', this.limits.nodes);
  }

  spendAlias(line: number): void {
    this.#aliases += 1;
    if (this.#aliases > this.limits.aliases) throw this.#gone(line, 'too many aliases', this.limits.aliases);
  }

  spendDocument(line: number): void {
    this.#documents += 1;
    if (this.#documents > this.limits.documents) throw this.#gone(line, 'too many documents', this.limits.documents);
  }

  /** `depth` is the number of collections around and including the deepest one. */
  checkDepth(depth: number, line: number): void {
    if (depth > this.limits.depth) throw this.#gone(line, 'collections are nested too deep', this.limits.depth);
  }

  #gone(line: number, what: string, limit: number): Error {
    return overBudget({ file: this.file, line }, what, limit, 'Make the file simpler, or split it.');
  }
}
