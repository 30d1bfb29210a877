import { invalid } from '../faults.ts';

/** A name of a revision on the server, and where the mirror keeps it. */
export interface Ref {
  readonly name: string;
  readonly kept: string;
  readonly isPinned: boolean;
  /** The tag a range chose; null for what was asked for by its name. */
  readonly tag: string | null;
}

/** Whether a revision is a full commit id, which names its content. */
export function isCommit(revision: string): boolean {
  return /^(?:[0-9a-f]{40}|[0-9a-f]{64})$/.test(revision);
}

/** What a revision may mean, in the order git itself would try. Throws `source-invalid`. */
export function refsOf(revision: string): readonly Ref[] {
  if (revision === '' || revision === 'HEAD') return [refNamed('HEAD')];
  if (isCommit(revision) || revision.startsWith('refs/')) return [refNamed(revision)];
  if (/^[^\s:^~?*[\\-][^\s:^~?*[\\]{0,240}$/.test(revision) && !revision.includes('..'))
    return [refNamed(`refs/tags/${revision}`), refNamed(`refs/heads/${revision}`)];
  throw invalid(
    'Git source',
    `${JSON.stringify(revision.slice(0, 200))} is no commit, tag, branch or range of versions.`,
    'Name a full commit id or a tag.',
  );
}

/** The ref of a full name, asked for by it. */
export function refNamed(name: string): Ref {
  return {
    name,
    kept: name.startsWith('refs/') ? name : `refs/fairlead/${name}`,
    isPinned: isCommit(name) || name.startsWith('refs/tags/'),
    tag: null,
  };
}
