import type { HealthRule } from './rule.ts';
import { apiService } from './rules/api-service.ts';
import { argoApplication } from './rules/argo-application.ts';
import { argoRollout } from './rules/argo-rollout.ts';
import { canary } from './rules/canary.ts';
import { cronJob } from './rules/cron-job.ts';
import { customResourceDefinition } from './rules/custom-resource-definition.ts';
import { daemonSet } from './rules/daemon-set.ts';
import { deployment } from './rules/deployment.ts';
import { fluxHelmRelease } from './rules/flux-helm-release.ts';
import { fluxKustomization } from './rules/flux-kustomization.ts';
import { fluxSources } from './rules/flux-source.ts';
import { horizontalPodAutoscaler } from './rules/horizontal-pod-autoscaler.ts';
import { ingress } from './rules/ingress.ts';
import { job } from './rules/job.ts';
import { persistentVolumeClaim } from './rules/persistent-volume-claim.ts';
import { pod } from './rules/pod.ts';
import { podDisruptionBudget } from './rules/pod-disruption-budget.ts';
import { replicaSet } from './rules/replica-set.ts';
import { service } from './rules/service.ts';
import { statefulSet } from './rules/stateful-set.ts';

/** Every kind that needs more than its Ready condition. To add one: a file in `rules/` and a line here. */
export const rules: readonly HealthRule[] = [
  deployment,
  statefulSet,
  daemonSet,
  replicaSet,
  pod,
  job,
  cronJob,
  service,
  ingress,
  persistentVolumeClaim,
  podDisruptionBudget,
  horizontalPodAutoscaler,
  customResourceDefinition,
  apiService,
  argoApplication,
  argoRollout,
  canary,
  fluxKustomization,
  fluxHelmRelease,
  ...fluxSources,
];

const byKind = new Map(rules.map((rule) => [`${rule.group}/${rule.kind}`, rule]));

/** The rule of a kind; undefined when its conditions say enough. */
export function ruleOf(group: string, kind: string): HealthRule | undefined {
  return byKind.get(`${group}/${kind}`);
}
