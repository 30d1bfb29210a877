import { invalid, missing } from '../faults.ts';
import type { WantedGit } from '../sources.ts';
import { parseConstraint } from '../versions/constraint.ts';
import { compareVersions, isBrokenVersion, isStrictVersion, parseVersion, type Version } from '../versions/version.ts';
import { isCommit, type Ref, refNamed } from './ref.ts';

/** Whether a revision has to be looked for among the tags of its repository. Like Argo CD, what could be a version is a name. */
export function isRange({ revision, reads }: WantedGit): boolean {
  if (reads !== undefined) return reads === 'range';
  const isName = revision === '' || isCommit(revision) || parseVersion(revision) !== null;
  return !isName && parseConstraint(revision) !== null;
}

/**
 * The ref a range leads to, of the full names a server has: the newest tag in the range, and what is called so where there is none, as
 * Argo CD has it (util/git `lsRemote`). Throws `source-missing`, `source-invalid`.
 */
export function offeredRef(wanted: WantedGit, offered: ReadonlyMap<string, string>, subject: string): Ref {
  const tags = new Map(
    [...offered].flatMap(([name, id]) => (name.startsWith(tagPrefix) ? [[name.slice(tagPrefix.length), id]] : [])),
  );
  const names = [`${tagPrefix}${wanted.revision}`, `refs/heads/${wanted.revision}`];
  const named = wanted.reads === 'range' ? undefined : names.find((name) => offered.has(name));
  if (named !== undefined && !hasAny(wanted, tags)) return refNamed(named);
  const tag = newestTag(wanted, tags, subject);
  return { ...refNamed(`${tagPrefix}${tag}`), isPinned: false, tag };
}

/** Whether Argo CD finds a tag in the range: never where some tag is no version though it is written like one. */
function hasAny({ revision }: WantedGit, tags: ReadonlyMap<string, string>): boolean {
  const constraint = parseConstraint(revision);
  const versions = [...tags.keys()].map((tag) => ({ tag, version: parseVersion(tag) }));
  if (constraint === null || versions.some(({ tag }) => isBrokenVersion(tag))) return false;
  return versions.some(({ version }) => version !== null && constraint(version));
}

const tagPrefix = 'refs/tags/';

interface TaggedVersion {
  readonly tag: string;
  readonly id: string;
  readonly version: Version;
}

/**
 * The newest of the tags in a range, by the rules of Argo CD 3.5 (util/versions `MaxVersion`), or of Flux (pkg/git/gogit `cloneSemVer`)
 * where the revision is always a range.
 */
function newestTag({ revision, reads }: WantedGit, tags: ReadonlyMap<string, string>, subject: string): string {
  const constraint = revision === '' ? null : parseConstraint(revision);
  if (constraint === null)
    throw invalid('Git source', `${JSON.stringify(revision.slice(0, 200))} is no range of versions.`, 'Correct it.');
  if (reads === undefined) refuseBroken(tags, revision, subject);
  const versions = [...tags].flatMap(([tag, id]): readonly TaggedVersion[] => {
    const version = reads === 'range' && !isStrictVersion(tag) ? null : parseVersion(tag);
    return version === null ? [] : [{ tag, id, version }];
  });
  const ordered = versions.sort((one, other) => compareVersions(other.version, one.version));
  const taken = ordered.filter(({ version }) => constraint(version));
  const [chosen] = taken;
  if (chosen === undefined) throw nothingIn(revision, ordered[0], subject);
  const twin = taken.find(({ id, version }) => id !== chosen.id && compareVersions(version, chosen.version) === 0);
  if (twin !== undefined) throw sameVersion(chosen.tag, twin.tag, subject);
  return chosen.tag;
}

/** Argo CD reads no ranges at all where one tag is written so. */
function refuseBroken(tags: ReadonlyMap<string, string>, range: string, subject: string): void {
  const broken = [...tags.keys()].find(isBrokenVersion);
  if (broken === undefined) return;
  throw invalid(
    subject,
    `${subject} has the tag ${broken}, which is written like a version and is none: Argo CD then finds nothing for ${range}.`,
    'Remove that tag, or name a tag instead of a range.',
  );
}

function nothingIn(range: string, newest: TaggedVersion | undefined, subject: string): Error {
  const has = newest === undefined ? 'it has none that is a version' : `the newest is ${newest.tag}`;
  return missing(
    subject,
    `${subject} has no branch or tag ${range}, and no tag in that range; ${has}.`,
    'Name one it has.',
  );
}

/** Which of them a controller takes depends on chance (Argo CD) or on when they were committed (Flux). */
function sameVersion(one: string, other: string, subject: string): Error {
  return invalid(
    subject,
    `${subject} has the tags ${[one, other].sort().join(' and ')}, which are the same version and other commits.`,
    'Remove one of the two, or name a tag instead of a range.',
  );
}
