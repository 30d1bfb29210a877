import type { Redacted } from '../../src/model/redacted.ts';
import type { ForgeStage, StageFiles } from './forge-stage.ts';

/** What the parts of the contract suite share: one stage, and branches and pulls of their own on it. */
export interface ForgeSuite {
  /** The open stage; only inside a test. */
  readonly stage: () => ForgeStage;
  /** A branch of its own with these files. */
  newBranch(files?: StageFiles): Promise<string>;
  /** A pull of its own branch that changes the files. */
  newPull(files?: StageFiles, spec?: { fork?: boolean; draft?: boolean; author?: string }): Promise<number>;
  /** One pull for all tests that only need some thread. */
  onePull(): Promise<number>;
  /** A name nobody used yet: `WORD-7`. */
  unique(word: string): string;
}

/** Tests know that their texts hold no secret. */
export const redacted = (text: string) => text as Redacted;

/** A suite over the stage that `stage` hands out. */
export function createSuite(stage: () => ForgeStage): ForgeSuite {
  let count = 0;
  const unique = (word: string): string => {
    count += 1;
    return `${word}-${count}`;
  };
  const newBranch = async (files: StageFiles = {}) => {
    const branch = unique('topic');
    await stage().commit(branch, { [`apps/${branch}.yaml`]: 'kind: Service\n', ...files });
    return branch;
  };
  const newPull: ForgeSuite['newPull'] = async (files = {}, spec = {}) =>
    stage().openPull({ head: await newBranch(files), ...spec });
  let one: Promise<number> | null = null;
  const onePull = () => {
    one ??= newPull();
    return one;
  };
  return { stage, unique, newBranch, newPull, onePull };
}
