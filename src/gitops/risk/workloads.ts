import type { PathChange } from '../../model/change.ts';
import { formatPath } from '../../model/path.ts';
import { compareVersions, versionOf } from './image-version.ts';
import { isAt, numberOf, podPrefix, pulledPaths, type Risk, type RiskRule, type Subject } from './rule.ts';

function toZero(subject: Subject, path: string, from: (before: number | null) => boolean): readonly Risk[] {
  return pulledPaths(subject)
    .filter((change) => isAt(change, path) && numberOf(change.after) === 0 && from(numberOf(change.before)))
    .map(({ before }) => ({ message: `${path} goes from ${numberOf(before) ?? 'nothing'} to 0`, at: path.split('.') }));
}

/** Paths below the containers of a workload, by their end. */
function containerPaths(subject: Subject, ends: readonly string[]): readonly PathChange[] {
  const prefix = podPrefix(subject.change.resource.kind);
  if (prefix === null) return [];
  const wanted = ['containers', 'initContainers'].flatMap((list) => ends.map((end) => `${prefix}.${list}[].${end}`));
  return pulledPaths(subject).filter((change) => wanted.some((path) => isAt(change, path)));
}

function gone(subject: Subject, ends: readonly string[]): readonly Risk[] {
  return containerPaths(subject, ends)
    .filter(({ after }) => after === null)
    .map(({ path }) => ({ message: `${formatPath(path)} is removed` }));
}

function images(subject: Subject, is: (before: string, after: string) => boolean): readonly Risk[] {
  return containerPaths(subject, ['image']).flatMap(({ before, after }): readonly Risk[] => {
    if (typeof before !== 'string' || typeof after !== 'string' || !is(before, after)) return [];
    return [{ message: `image ${before} becomes ${after}` }];
  });
}

function isMajor(before: string, after: string): boolean {
  const [one, other] = [versionOf(before), versionOf(after)];
  return one !== null && other !== null && (other[0] ?? 0) > (one[0] ?? 0);
}

function isOlder(before: string, after: string): boolean {
  const [one, other] = [versionOf(before), versionOf(after)];
  return one !== null && other !== null && compareVersions(other, one) < 0;
}

/** What makes workloads less, or other, than they were. */
export const workloadRules: readonly RiskRule[] = [
  {
    ...{ id: 'replicas-to-zero', severity: 'caution' },
    judge: (subject) => toZero(subject, 'spec.replicas', (before) => before === null || before > 0),
    when: 'The replicas of a workload become 0.',
    why: 'It stops, and with it whatever needs it.',
    fix: 'Say in the pull that it is meant to stop.',
  },
  {
    ...{ id: 'hpa-min-zero', severity: 'caution' },
    judge: (subject) =>
      subject.change.resource.kind === 'HorizontalPodAutoscaler'
        ? toZero(subject, 'spec.minReplicas', (before) => before !== 0)
        : [],
    when: 'The least replicas of a HorizontalPodAutoscaler become 0.',
    why: 'Without load nothing runs, and the first request waits for a start.',
    fix: 'Keep one replica for what is asked at any time.',
  },
  {
    ...{ id: 'probes-removed', severity: 'caution' },
    judge: (subject) => gone(subject, ['readinessProbe', 'livenessProbe', 'startupProbe']),
    when: 'A container loses a readiness, liveness or startup probe.',
    why: 'A rollout then counts pods as ready that are not, and nothing restarts what hangs.',
    fix: 'Keep the probe, or put another in its place.',
  },
  {
    ...{ id: 'limits-removed', severity: 'caution' },
    judge: (subject) =>
      gone(subject, ['resources', 'resources.limits', 'resources.limits.memory', 'resources.requests']),
    when: 'A container loses its limits or requests.',
    why: 'It may take the memory of its neighbours, and is the first to go when memory is short.',
    fix: 'Keep them, at least of memory.',
  },
  {
    ...{ id: 'image-major', severity: 'caution', judge: (subject: Subject) => images(subject, isMajor) },
    when: 'The version of an image goes to another major one.',
    why: 'Major versions may break what others rely on.',
    fix: 'Read its release notes, and what they say of going back.',
  },
  {
    ...{ id: 'image-downgrade', severity: 'caution', judge: (subject: Subject) => images(subject, isOlder) },
    when: 'The version of an image gets lower.',
    why: 'What the newer one wrote may be unreadable for the older one.',
    fix: 'See that going back is supported.',
  },
];
