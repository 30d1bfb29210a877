import type { Json } from '../../../model/json.ts';
import { isJsonObject } from '../../../model/json.ts';
import type { Thread } from '../../../model/repo.ts';
import type { RepoPort } from '../forge.ts';

/** What of a port only reads. */
type Reads =
  | 'ref'
  | 'pull'
  | 'openPulls'
  | 'changedPulls'
  | 'newCommands'
  | 'checkState'
  | 'changedFiles'
  | 'gitRemote'
  | 'fileUrl'
  | 'hasComment'
  | 'comment'
  | 'pullsForCommit'
  | 'branchHead'
  | 'defaultBranch'
  | 'issueKey'
  | 'isMember'
  | 'approvals'
  | 'branchRules'
  | 'roleOf';

/** What of a port writes. */
export type WriteName = Exclude<keyof RepoPort, Reads>;

/** A write in words that outlive the process. */
export interface Write {
  /** Such as `comment`. */
  readonly operation: string;
  /** Unique within the repository: the same write has the same place, whenever it is tried. */
  readonly place: string;
  /** Pull, commit, branch or key it is about. */
  readonly about: string;
  /** What it is done again with; what only has to be looked for, where doing it again is not ours to decide. */
  readonly args: readonly Json[];
}

/** How each write of a port is told. A write that is missing here is not recorded: the types forbid it. */
export const described: { readonly [N in WriteName]: (...args: Parameters<RepoPort[N]>) => Write } = {
  ensureComment: (pull, key, body, sameApartFrom) => ({
    ...comment({ kind: 'pull', number: pull }, key),
    args: [pull, key, body, toJson(sameApartFrom)],
  }),
  retireComment: (pull, key) => ({ ...comment({ kind: 'pull', number: pull }, key), args: [pull, key] }),
  retitleComment: (pull, key, line, unless) => ({
    ...comment({ kind: 'pull', number: pull }, key),
    args: [pull, key, line, toJson(unless)],
  }),
  reply: (thread, key, body) => ({ ...comment(thread, key), args: [{ ...thread }, key, body] }),
  acknowledge: (thread, id, how) => ({
    ...told('reaction', `${thread.kind}:${thread.number}:${id}`, `#${thread.number}`),
    args: [{ ...thread }, id, how],
  }),
  ensureBranchCommit: ({ branch }) => ({ ...told('branch', branch, branch), args: [branch] }),
  ensurePull: ({ key, branch }) => ({ ...told('pull', key, branch), args: [branch] }),
  merge: (pull, { sha }) => ({ ...told('merge', `${pull}`, `#${pull}`), args: [pull, sha] }),
  setLabels: (pull, { add, remove }) => ({
    ...told('labels', `${pull}:${[...add, '', ...remove].join(',')}`, `#${pull}`),
    args: [pull, { add: [...add], remove: [...remove] }],
  }),
  closePull: (pull) => ({ ...told('close', `${pull}`, `#${pull}`), args: [pull] }),
  ensureIssue: (key, title, body, sameApartFrom) => ({
    ...told('issue', key, key),
    args: [key, title, body, toJson(sameApartFrom)],
  }),
  startDeployment: (deployment) => ({
    ...told('deployment', deployment.key, deployment.sha),
    args: [{ ...deployment }],
  }),
  finishDeployment: (ref, state, description) => ({
    ...told('deployment-state', `${ref.id}`, `${ref.id}`),
    args: [{ ...ref }, state, description],
  }),
  report: (sha, check) => ({
    ...told('check', `${sha}:${check.name}`, sha),
    args: [sha, { ...check, annotations: check.annotations.map((annotation) => ({ ...annotation })) }],
  }),
};

/** What a write came to, as far as it is worth keeping: ids, never texts. */
export function outcomeOf(result: unknown): Json {
  if (typeof result === 'string' || typeof result === 'number') return result;
  if (typeof result !== 'object' || result === null) return null;
  const facts = Object.entries(result).filter(([name]) => ['id', 'did', 'number'].includes(name));
  // The casts: these three are numbers and a word in the contract's types.
  return Object.fromEntries(facts) as Record<string, Json>;
}

/** A pattern as it can be kept, and back. */
function toJson(pattern: RegExp | null): Json {
  return pattern === null ? null : { pattern: pattern.source, flags: pattern.flags };
}

export function toPattern(kept: Json): Json | RegExp {
  if (!isJsonObject(kept) || typeof kept['pattern'] !== 'string') return kept;
  return new RegExp(kept['pattern'], String(kept['flags']));
}

function comment(thread: Thread, key: string): Omit<Write, 'args'> {
  return told('comment', `${thread.kind}:${thread.number}:${key}`, `#${thread.number}`);
}

function told(operation: string, place: string, about: string): Omit<Write, 'args'> {
  return { operation, place: `${operation}:${place}`, about };
}
