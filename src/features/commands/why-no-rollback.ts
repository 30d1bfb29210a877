import { type Deployment, lastGood } from '../../model/deployment.ts';

/**
 * Why an environment cannot be rolled back, by its deployments newest first: nothing of the application (null: of any) was deployed
 * there, or no target was healthy with another commit. null when it can. Pure.
 */
export function whyNoRollback(
  history: readonly Deployment[],
  application: string | null,
): 'nothing' | 'no-other' | null {
  const meant = history.filter((one) => (application ?? one.application) === one.application);
  if (meant.length === 0) return 'nothing';
  const histories = [...Map.groupBy(meant, ({ target }) => target).values()];
  return histories.some((one) => lastGood(one) !== null) ? null : 'no-other';
}
