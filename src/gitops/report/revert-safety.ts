import { count } from '../../formats/markdown.ts';
import type { Change } from '../../model/change.ts';
import type { Deployment } from '../../model/deployment.ts';
import { formatResource, type ResourceId } from '../../model/resource.ts';
import type { Review } from '../../model/review.ts';
import { name } from './compose.ts';
import { headline, verdictTitle } from './words.ts';

/** What a kind keeps that going back in Git does not bring back. */
const lasting: readonly { readonly group: string; readonly kinds: readonly string[]; readonly note: string }[] = [
  { group: 'batch', kinds: ['Job', 'CronJob'], note: 'what it did when it ran (a migration, for one) is *not* undone' },
  {
    group: 'apiextensions.k8s.io',
    kinds: ['CustomResourceDefinition'],
    note: 'objects stored in a version it no longer has cannot be read; check before merging',
  },
  {
    group: '',
    kinds: ['PersistentVolumeClaim', 'PersistentVolume'],
    note: 'a volume does not shrink, and data of a deleted one does not come back',
  },
  { group: '', kinds: ['Secret'], note: 'an old value may have been rotated away; values are never shown' },
  { group: '', kinds: ['Namespace'], note: 'deleting it deletes everything in it' },
  { group: 'apps', kinds: ['StatefulSet'], note: 'its claims stay as they are' },
];

/** Most objects named in one note. */
const nameLimit = 5;

/** What a person should know before merging a revert, as list items; the first one is what a review of it came to. */
export function safetyNotes(
  restores: readonly Change[],
  kept: Deployment['kept'],
  effect: Review | null,
): readonly string[] {
  const touched = [
    ...restores.filter(({ action }) => action !== 'none').map(({ resource }) => resource),
    ...kept.map(({ resource }) => resource),
  ];
  const notes = lasting.flatMap(({ group, kinds, note }) => {
    const hit = touched.filter((id) => id.group === group && kinds.includes(id.kind));
    return hit.length === 0 ? [] : [`- ⚠️ ${named(hit)}: ${note}`];
  });
  const deleted = restores.filter(({ action }) => action === 'delete').map(({ resource }) => resource);
  const deletes = deleted.length === 0 ? [] : [`- ⚠️ ${named(deleted)}: removed by this revert`];
  const clear =
    notes.length + deletes.length === 0 ? ['- ✅ no Job, custom resource definition, volume or Secret is touched'] : [];
  return [effectNote(effect), ...clear, ...deletes, ...notes];
}

function effectNote(effect: Review | null): string {
  if (effect === null) return '- ❔ its effect on the cluster could not be worked out; its own review comment will say';
  const read = effect.clustersRead.length === 0 ? 'compared in Git only' : 'asked of the live cluster';
  return `- ${verdictTitle(effect)}, ${read}: ${headline(effect)}`;
}

function named(ids: readonly ResourceId[]): string {
  const names = [...new Set(ids.map(formatResource))];
  const shown = names.slice(0, nameLimit).map(name).join(', ');
  return names.length > nameLimit ? `${shown} and ${count(names.length - nameLimit, 'more', 'more')}` : shown;
}
