import { formatPath } from '../../model/path.ts';
import { pulledPaths, type Risk, type RiskRule, type Subject, type TargetRule } from './rule.ts';

function secretChanged(subject: Subject): readonly Risk[] {
  if (subject.change.resource.kind !== 'Secret' || subject.change.resource.group !== '') return [];
  const paths = pulledPaths(subject).filter(({ path }) => path[0] === 'data');
  if (paths.length === 0) return [];
  return [
    { message: `${paths.map(({ path }) => formatPath(path)).join(', ')} changes; what reads it may need a restart` },
  ];
}

/** Programs by which people write; controllers write by others. */
const byHand = /^(?:kubectl|k9s|Lens|oc|Mozilla|node-fetch|OpenAPI-Generator|HashiCorp|Go-http-client|Headlamp|octant)/;

function overwritten({ change, ownersAt }: Subject): readonly Risk[] {
  if (change.action !== 'update' && change.action !== 'adopt') return [];
  return change.paths.flatMap(({ path, cause, before }): readonly Risk[] => {
    if (cause === 'admission' || before === null) return [];
    const owner = ownersAt(path).find(({ manager, operation }) => operation === 'Update' && byHand.test(manager));
    if (owner === undefined) return [];
    const since = owner.since === null ? '' : ` at ${owner.since} or before`;
    const way = owner.subresource === null ? owner.manager : `${owner.manager} (${owner.subresource})`;
    return [{ message: `${formatPath(path)} was set by ${way}${since}, and is overwritten` }];
  });
}

/** What is no danger by itself and must not surprise. */
export const quietRules: readonly RiskRule[] = [
  {
    ...{ id: 'secret-changed', severity: 'note', judge: secretChanged },
    when: 'Values of a Secret change.',
    why: 'Most programs read a Secret once, at their start.',
    fix: 'Restart what reads it, or let a checksum in its pod template do so.',
  },
  {
    ...{ id: 'drift-overwritten', severity: 'caution', judge: overwritten },
    when: 'Applying overwrites what a person set in the cluster by hand.',
    why: 'Somebody may have mended something there that Git does not know.',
    fix: 'Ask who did it, or bring it into Git.',
  },
];

/** So many objects are many to delete at once; so large a part of an application is, from so many on. */
const many = { objects: 10, part: 0.2, least: 4 };

/** Changes of so many objects cannot be read one by one. */
const large = 100;

export const targetRules: readonly TargetRule[] = [
  {
    ...{ id: 'mass-delete', severity: 'block' },
    judgeAll: ({ subjects, baseCount }) => {
      const gone = subjects.filter(({ change }) => change.part === 'pull' && change.action === 'delete').length;
      const isMost = baseCount !== null && gone >= many.least && gone > baseCount * many.part;
      if (gone <= many.objects && !isMost) return [];
      const of = baseCount === null ? '' : ` of ${baseCount}`;
      return [{ message: `${gone}${of} objects are deleted` }];
    },
    when: 'More than 10 objects of a target are deleted, or more than a fifth of it (4 at least).',
    why: 'A folder that was moved or a selector that was mistyped looks just like this.',
    fix: 'See that each of them is meant to go.',
  },
  {
    ...{ id: 'large-change', severity: 'note' },
    judgeAll: ({ subjects }) => {
      const changed = subjects.filter(({ change }) => change.part === 'pull').length;
      return changed > large ? [{ message: `${changed} objects change` }] : [];
    },
    when: 'More than 100 objects of a target change.',
    why: 'Nobody reads that many one by one.',
    fix: 'Merge it in parts where that is possible.',
  },
];
