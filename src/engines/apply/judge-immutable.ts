import { isFixedField, recreation } from '../../gitops/risk/immutable.ts';
import { findingAt } from '../../gitops/validate/place.ts';
import type { Change, PathChange } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import { formatPath } from '../../model/path.ts';
import type { Complaint } from './field-text.ts';
import type { Wanted } from './pair-resources.ts';
import { compareSaid, compareUnpredicted, type Subject } from './subject.ts';

/** How the API server says that a field may not change any more (kubernetes/pkg/apis/*\/validation, and rules of custom kinds). */
const words =
  /\bimmutable\b|may not be changed|may not change|cannot be changed|cannot change roleRef|\bupdates to .+ (?:is|are) forbidden|\bupdates may not change\b/i;

/** Whether what the server says of a field is that nobody may change it. */
export function isImmutable({ reason }: Complaint): boolean {
  return words.test(reason);
}

/** What becomes of an object of which a field may not change: it would have to be made anew. */
export interface Judged {
  readonly changes: readonly Change[];
  readonly findings: readonly Finding[];
}

/**
 * The server refuses a change of fields that nobody may change: the object can only be deleted and made anew, or, where that would take
 * data or what others hold on to, not at all. null when it complains of nothing of that kind, or the object is not there.
 */
export function judgeImmutable(subject: Subject, head: Wanted, immutable: readonly Complaint[]): Judged | null {
  const { live, scene, pair } = subject;
  const [first] = immutable;
  if (first === undefined || live === null) return null;
  const changes = differing(subject, head);
  const names = [...new Set(immutable.flatMap((complaint) => pathsOf(subject, changes, complaint)))];
  const { isAllowed, takes } = recreation(pair.id, { live, head: head.object });
  const told = isAllowed
    ? {
        rule: 'immutable-recreate',
        fix: 'Give the new object another name, or delete the old one by hand when that is safe.',
      }
    : { rule: 'immutable-refused', fix: 'Put the old value back, or give the new object another name.' };
  const cannot = `the API server lets nobody change ${names.join(', ')}`;
  const message = isAllowed
    ? `${cannot}: the object would have to be deleted and made anew, and ${takes}`
    : `${cannot}, and a ${takes} is never deleted to be made anew`;
  const finding = findingAt(head.resource, scene.target, { severity: 'block', at: first.at, message, ...told });
  const action = isAllowed ? 'recreate' : 'update';
  return { changes: changes.map((change) => ({ ...change, action })), findings: [finding] };
}

/** What Git changes; where it changes nothing, what the live object has otherwise: that part is there without the pull. */
function differing(subject: Subject, head: Wanted): readonly Change[] {
  const { live, scene, pair } = subject;
  const pulled = compareUnpredicted(subject, head);
  if (pulled.length > 0 || live === null) return pulled;
  const said = compareSaid(subject, { live, head: scene.maskObject(head.object) });
  const fixed = (path: PathChange) => isFixedField(pair.id, path.path);
  return said
    .map((change): Change => ({ ...change, part: 'already', paths: change.paths.filter(fixed) }))
    .filter(({ paths }) => paths.length > 0);
}

/** The changed fields that are meant where the server names only the whole; else the field as it names it. */
function pathsOf({ pair }: Subject, changes: readonly Change[], { field }: Complaint): readonly string[] {
  const all = changes.flatMap(({ paths }) => paths);
  const below = all.filter(({ path }) => {
    const text = formatPath(path);
    return text === field || text.startsWith(`${field}.`) || text.startsWith(`${field}[`);
  });
  // The server's name need not be a field: `spec.persistentvolumesource` is whichever kind of volume there is.
  const named = below.length > 0 ? below : all;
  const known = named.filter(({ path }) => isFixedField(pair.id, path));
  const meant = known.length > 0 ? known : below;
  return meant.length > 0 ? meant.map(({ path }) => formatPath(path)) : [field];
}
