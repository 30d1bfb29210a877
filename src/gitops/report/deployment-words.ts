import { code } from '../../formats/markdown.ts';
import { type Deployment, type DeploymentState, endStates } from '../../model/deployment.ts';
import { clip, name, sentence } from './compose.ts';

/** Icon and word of a state. */
const stateWords: Readonly<Record<DeploymentState, string>> = {
  accepted: '⏳ Accepted',
  waiting: '⏳ Waiting',
  applying: '🚀 Deploying',
  following: '🔄 Rolling out',
  soaking: '🕓 Soaking',
  healthy: '✅ Healthy',
  failed: '⛔ Failed',
  unknown: '❔ Unknown',
  superseded: '⏭️ Superseded',
};

/** `⏳ Waiting`: icon and word, so that neither colour nor font decides. */
export function stateWord(state: DeploymentState): string {
  return stateWords[state];
}

/** The state with what it waits for or why it stands there. */
export function stateText(deployment: Deployment): string {
  const { state, reason } = deployment;
  if (reason === '' || state === 'healthy') return stateWord(state);
  return `${stateWord(state)}: ${sentence(reason, 200)}`;
}

/** `prod · prod-eu` in code spans. */
export function placeCode({ environment, cluster }: Pick<Deployment, 'environment' | 'cluster'>): string {
  return `${name(environment)} · ${name(cluster)}`;
}

/** The newest deployment of every target, ordered by environment, cluster and application. */
export function newestByTarget(deployments: readonly Deployment[]): readonly Deployment[] {
  const newest = new Map<string, Deployment>();
  for (const deployment of byAge(deployments)) newest.set(deployment.target, deployment);
  return [...newest.values()].sort((one, other) => compare(placeKey(one), placeKey(other)));
}

/** Oldest first; of the same moment by number. */
export function byAge(deployments: readonly Deployment[]): readonly Deployment[] {
  return [...deployments].sort(
    (one, other) => compare(one.createdAt, other.createdAt) || numberOf(one) - numberOf(other),
  );
}

/** Whether something still happens without a person. */
export function isActive({ state }: Deployment): boolean {
  return !endStates.has(state) && state !== 'waiting' && state !== 'unknown';
}

/** `12 applied, 3 unchanged, 1 removed`, or an em dash before anything was written. */
export function countsText({ counts }: Pick<Deployment, 'counts'>): string {
  if (counts === null) return '—';
  const parts = [
    `${counts.applied} applied`,
    counts.unchanged > 0 ? `${counts.unchanged} unchanged` : '',
    counts.pruned > 0 ? `${counts.pruned} removed` : '',
  ];
  const done = counts.applied + counts.unchanged + counts.pruned;
  const text = parts.filter((part) => part !== '').join(', ');
  return done < counts.total ? `${text} of ${counts.total}` : text;
}

/** `4/6 ready`, or an em dash where nothing runs pods. */
export function podsText({ pods }: Pick<Deployment, 'pods'>): string {
  return pods === null ? '—' : `${pods.ready}/${pods.wanted} ready`;
}

/** Time between the first write and health, or the end; an em dash until both are recorded. */
export function tookText(deployment: Deployment): string {
  const begun = deployment.steps.find((step) => step.state === 'applying')?.at ?? deployment.appliedAt;
  const ended = deployment.healthyAt ?? deployment.endedAt;
  return begun === null || ended === null ? '—' : duration(begun, ended);
}

/** Time between two recorded moments (ISO 8601): `41 s`, `3m 10s`, `2h 05m`, `3d 4h`. */
export function duration(from: string, to: string): string {
  const seconds = Math.round((Date.parse(to) - Date.parse(from)) / 1_000);
  if (!(seconds >= 0)) return '—';
  if (seconds < 60) return `${seconds} s`;
  const pad = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes}m ${pad(seconds % 60)}s`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours}h ${pad(minutes % 60)}m` : `${Math.floor(hours / 24)}d ${hours % 24}h`;
}

/** `2026-11-22 14:02:11 UTC` of an ISO 8601 time. */
export function clockText(at: string): string {
  return `${clip(at, 30).slice(0, 19).replace('T', ' ')} UTC`;
}

/** A commit as people write it, in a code span. */
export function commitCode(commit: string): string {
  return code(commit.slice(0, 7));
}

function placeKey(deployment: Deployment): string {
  return [deployment.environment, deployment.cluster, deployment.application, deployment.target].join('\u0000');
}

function numberOf({ id }: Deployment): number {
  return Number(/\d+$/.exec(id)?.[0] ?? 0);
}

function compare(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}
