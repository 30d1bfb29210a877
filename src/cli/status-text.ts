import { stringifyJson } from '../formats/json.ts';
import { clockText, newestByTarget } from '../gitops/report/deployment-words.ts';
import type { Paint } from '../gitops/report/terminal.ts';
import type { Deployment } from '../model/deployment.ts';
import type { RepoRef } from '../model/repo.ts';
import type { Pause, Store } from '../world/store/store.ts';
import { tableText } from './table-text.ts';

/** Where the newest deployment of every target stands. */
export interface StatusFacts {
  readonly repo: RepoRef;
  readonly environment: string | null;
  readonly deployments: readonly Deployment[];
  readonly pauses: readonly Pause[];
}

/** Most deployments looked through. */
const most = 1_000;

/** Reads the newest deployment of every target. */
export async function gatherStatus(
  store: Pick<Store, 'deployments' | 'pauses'>,
  repo: RepoRef,
  environment: string | null,
): Promise<StatusFacts> {
  const query = environment === null ? { repo, limit: most } : { repo, environment, limit: most };
  const [deployments, pauses] = await Promise.all([store.deployments.find(query), store.pauses.list(repo)]);
  const concerned = pauses.filter(
    (pause) => environment === null || pause.environment === null || pause.environment === environment,
  );
  return { repo, environment, deployments: newestByTarget(deployments), pauses: concerned };
}

/** Documented JSON; `indent` 0 for one line. */
export function statusJson({ repo, deployments, pauses }: StatusFacts, indent: number): string {
  const rows = deployments.map((deployment) => {
    const { id, application, environment, cluster, state, commit, reason } = deployment;
    const pods = deployment.pods === null ? null : { ...deployment.pods };
    const recoverySeconds = recoveryOf(deployment);
    return {
      ...{ id, application, environment, cluster, state, commit, since: sinceOf(deployment), pods, reason },
      recoverySeconds,
    };
  });
  const paused = pauses.map(({ environment, by, reason, at }) => ({ environment, by, reason, at }));
  return `${stringifyJson({ schemaVersion: 1, repository: repo.fullName, deployments: rows, pauses: paused }, indent)}\n`;
}

/** A table for people. */
export function statusPretty({ repo, environment, deployments, pauses }: StatusFacts, paint: Paint): string {
  const where = environment === null ? '' : ` to ${environment}`;
  if (deployments.length === 0) return `nothing of ${repo.fullName} was deployed${where} yet\n${pausesText(pauses)}`;
  const head = ['APPLICATION', 'ENVIRONMENT', 'CLUSTER', 'STATE', 'COMMIT', 'SINCE', 'PODS', 'RECOVERY', 'REASON'];
  const lines = tableText(head, deployments.map(cells)).split('\n');
  const painted = lines.map((line, index) => colour(line, deployments[index - 1], paint));
  return `${painted.join('\n')}${pausesText(pauses)}`;
}

function cells(deployment: Deployment): readonly string[] {
  const { application, environment, cluster, state, commit, pods, reason } = deployment;
  const recovery = recoveryOf(deployment);
  return [
    ...[application, environment, cluster, state, commit.slice(0, 7), clockText(sinceOf(deployment))],
    pods === null ? '' : `${pods.ready}/${pods.wanted}`,
    recovery === null ? '' : `${recovery} s`,
    reason,
  ];
}

/** The state decides, and the word says it too. */
function colour(line: string, deployment: Deployment | undefined, paint: Paint): string {
  if (deployment === undefined) return line;
  if (deployment.state === 'failed') return paint('red', line);
  return deployment.state === 'healthy' || line === '' ? line : paint('yellow', line);
}

function sinceOf({ steps, createdAt }: Deployment): string {
  return steps.at(-1)?.at ?? createdAt;
}

/** Seconds from a failure to health, where the last step says that it recovered. */
function recoveryOf({ steps }: Deployment): number | null {
  const seconds = /^recovered from \S+ after (\d+) s/.exec(steps.at(-1)?.note ?? '')?.[1];
  return seconds === undefined ? null : Number(seconds);
}

function pausesText(pauses: readonly Pause[]): string {
  const lines = pauses.map(({ environment, by, reason }) => {
    const what = environment === null ? 'everything is paused' : `${environment} is paused`;
    return tableText([`${what} by ${by}${reason === '' ? '' : `: ${reason}`}`], []);
  });
  return lines.join('');
}
