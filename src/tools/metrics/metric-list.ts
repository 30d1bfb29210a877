import { knownRules } from './known-rules.ts';

/** A label, and what keeps its values few: a known set, or so many different ones at most. Any other value is `other`. */
export interface Label {
  readonly name: string;
  readonly values: readonly string[] | { readonly most: number };
}

/** One metric: what the pages of the docs and the registry are made of. */
export interface MetricDescriptor {
  readonly kind: 'counter' | 'gauge' | 'histogram';
  /** One sentence; the unit is in the name. */
  readonly text: string;
  readonly labels: readonly Label[];
  /** Upper bounds, in the unit of the name; histograms only. */
  readonly buckets?: readonly number[];
}

const verdicts = ['blocked', 'incomplete', 'caution', 'routine', 'ready', 'no-change'];

/** Webhook events that forges send and Fairlead may meet; what else comes in is `other`. */
const events = [
  ...['check_run', 'check_suite', 'create', 'delete', 'deployment', 'deployment_status', 'installation'],
  ...['installation_repositories', 'installation_target', 'issue_comment', 'issues', 'label', 'member', 'membership'],
  ...['merge_group', 'meta', 'ping', 'public', 'pull_request', 'pull_request_review', 'pull_request_review_comment'],
  ...['pull_request_review_thread', 'push', 'repository', 'status', 'team', 'workflow_job', 'workflow_run'],
  ...['Push Hook', 'Tag Push Hook', 'Note Hook', 'Merge Request Hook', 'Pipeline Hook', 'Job Hook', 'Deployment Hook'],
  ...['Issue Hook', 'System Hook', 'Emoji Hook', 'Release Hook', 'Project Hook'],
];

const kinds = [
  ...[
    'ingest',
    'begin',
    'review',
    'group',
    'group-review',
    'branch',
    'check',
    'merged',
    'deploy',
    'redeploy',
    'revert',
    'ended',
    'drift',
    'sweep',
  ],
  ...['board', 'heal', 'command', 'dead', 'look', 'resync', 'tell'],
];

const methods = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD'];

const forge: Label = { name: 'forge', values: { most: 20 } };
const kind: Label = { name: 'kind', values: [...kinds, 'other'] };
const environment: Label = { name: 'environment', values: { most: 100 } };
const cluster: Label = { name: 'cluster', values: { most: 100 } };
const application: Label = { name: 'application', values: { most: 500 } };
const target: readonly Label[] = [environment, cluster];

const seconds = {
  fast: [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  work: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120, 300, 600],
  rollout: [5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200],
  days: [60, 300, 900, 1800, 3600, 4 * 3600, 12 * 3600, 86_400, 3 * 86_400, 7 * 86_400, 30 * 86_400],
};

/** Every metric of our own. No label names a pull, a commit or a person: each would be a series of its own for ever. */
export const metricList = {
  fairlead_build_info: {
    kind: 'gauge',
    text: 'Always 1; the labels say what runs.',
    labels: [
      { name: 'version', values: { most: 2 } },
      { name: 'node', values: { most: 2 } },
    ],
  },
  fairlead_reviews_total: {
    kind: 'counter',
    text: 'Reviews of pulls that were made to the end, by what they found.',
    labels: [forge, { name: 'verdict', values: verdicts }],
  },
  fairlead_review_duration_seconds: {
    kind: 'histogram',
    text: 'Time from the start of a review to its comment and check.',
    labels: [forge],
    buckets: seconds.work,
  },
  fairlead_findings_total: {
    kind: 'counter',
    text: 'Findings of the reviews that were made; a review that is made again counts again.',
    labels: [
      { name: 'rule', values: knownRules },
      { name: 'severity', values: ['block', 'caution', 'note'] },
    ],
  },
  fairlead_deployments_total: {
    kind: 'counter',
    text: 'Deployments that ended, or whose deadline passed without a word (`unknown`: it may still end).',
    labels: [...target, { name: 'result', values: ['healthy', 'failed', 'superseded', 'unknown'] }],
  },
  fairlead_deployment_duration_seconds: {
    kind: 'histogram',
    text: 'Time from the first write to the end of deployments that became healthy or failed.',
    labels: target,
    buckets: seconds.rollout,
  },
  fairlead_change_lead_time_seconds: {
    kind: 'histogram',
    text: 'Time from when a deployed commit was written to when it was healthy (DORA: lead time for changes).',
    labels: target,
    buckets: seconds.days,
  },
  fairlead_recovery_seconds: {
    kind: 'histogram',
    text: 'Time from the first failure of a target to when it was healthy again (DORA: time to restore).',
    labels: target,
    buckets: seconds.days,
  },
  fairlead_reverts_total: {
    kind: 'counter',
    text: 'Pulls opened that take a change back out of Git.',
    labels: target,
  },
  fairlead_drifted_resources: {
    kind: 'gauge',
    text: 'Objects that differ from Git now although nothing was merged.',
    labels: [...target, application],
  },
  fairlead_queue_depth: {
    kind: 'gauge',
    text: 'Jobs by state; the same figure from every replica that shares a store. `dead`: given up, look at the log.',
    labels: [kind, { name: 'state', values: ['waiting', 'running', 'dead'] }],
  },
  fairlead_queue_oldest_due_seconds: {
    kind: 'gauge',
    text: 'How long the oldest job that could run has waited; 0 when none waits.',
    labels: [kind],
  },
  fairlead_jobs_total: {
    kind: 'counter',
    text: 'Runs of jobs. `failed`: tried again, or given up after the last try; `stopped`: replaced by a newer one or handed back.',
    labels: [kind, { name: 'result', values: ['done', 'failed', 'stopped'] }],
  },
  fairlead_dead_jobs_total: { kind: 'counter', text: 'Jobs given up after their last try.', labels: [kind] },
  fairlead_job_duration_seconds: {
    kind: 'histogram',
    text: 'Time of one run of a job.',
    labels: [kind],
    buckets: seconds.work,
  },
  fairlead_webhooks_total: {
    kind: 'counter',
    text: 'Webhooks by what became of them. `unkept`: answered 503, the store did not take it.',
    labels: [
      { name: 'event', values: events },
      {
        name: 'result',
        values: ['accepted', 'duplicate', 'refused', 'too-large', 'busy', 'unkept', 'broken-off'],
      },
    ],
  },
  fairlead_webhook_duration_seconds: {
    kind: 'histogram',
    text: 'Time from the headers of a webhook to its answer.',
    labels: [],
    buckets: seconds.fast,
  },
  fairlead_forge_requests_total: {
    kind: 'counter',
    text: 'Requests to forges, retries included. `status` `none`: no answer came.',
    labels: [
      forge,
      { name: 'method', values: methods },
      { name: 'status', values: ['2xx', '3xx', '4xx', '5xx', 'limited', 'none'] },
    ],
  },
  fairlead_forge_rate_limit_remaining: {
    kind: 'gauge',
    text: 'Requests left in the present window, as the forge last said.',
    labels: [forge, { name: 'resource', values: ['core', 'search', 'graphql', 'integration_manifest'] }],
  },
  fairlead_forge_up: {
    kind: 'gauge',
    text: '1 when the forge took our credentials at the last look, else 0.',
    labels: [forge],
  },
} as const satisfies Readonly<Record<string, MetricDescriptor>>;

/** Name of a metric. */
export type MetricName = keyof typeof metricList;

/** Names of the metrics of a kind. */
export type MetricsOf<K extends MetricDescriptor['kind']> = {
  [N in MetricName]: (typeof metricList)[N]['kind'] extends K ? N : never;
}[MetricName];

/** Values of the labels of a metric: all of them. */
export type LabelsOf<N extends MetricName> = Readonly<Record<(typeof metricList)[N]['labels'][number]['name'], string>>;
