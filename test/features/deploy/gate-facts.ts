import { type GateFacts, gate, type PullMark, refusalJournal } from '../../../src/features/deploy/gate.ts';
import type { DeploySettings, EnvironmentSettings } from '../../../src/model/settings.ts';
import { deploymentOf } from '../../support/deployments.ts';

export const [earlier, created, later] = [
  '2026-11-22T14:00:00.000Z',
  '2026-11-22T14:10:00.000Z',
  '2026-11-22T14:20:00.000Z',
];
export const now = new Date('2026-11-22T15:00:00.000Z');
export const deployment = deploymentOf({ id: 'D-5', createdAt: created });

/** The environment prod, deployed on merge, with what a test wants otherwise. */
export function prod(deploy: Partial<DeploySettings> = {}): EnvironmentSettings {
  return {
    ...{ name: 'prod', match: [], branch: null, clusters: [] },
    deploy: { on: 'merge', engine: 'apply', after: null, approvals: null, ...deploy },
    ...{ onFailure: { action: 'none' }, onDrift: { action: 'report' } },
  };
}

/** Facts of a deployment that nothing holds up, with what a test wants otherwise. */
export function facts(change: Partial<GateFacts> = {}): GateFacts {
  return {
    ...{
      deployment,
      mode: 'enforce',
      environment: prod(),
      pauses: [],
      marks: [],
      ...{ setBack: null, begun: [] },
      authors: ['mona'],
      members: new Set(),
      problem: null,
    },
    ...{ digest: 'now', unreviewed: null, before: [], existsBefore: false, standing: [], now },
    ...change,
  };
}

/** A command on its pull, given after the deployment was accepted, with what a test wants otherwise. */
export function mark(change: Partial<PullMark> = {}): PullMark {
  const said = { head: 'h', digests: {}, by: 'hubot', reason: '', at: later, pull: 482 };
  return { kind: 'deploy', subject: 'prod', ...said, ...change };
}

export const approval = (change: Partial<PullMark> = {}): PullMark => mark({ kind: 'approve', ...change });
/** Said before it was accepted, for exactly its result. */
export const exact = { at: earlier, digests: { [deployment.target]: 'now' } };

/** What it waits for; `open` when for nothing. */
export function reason(change: Partial<GateFacts>): string {
  const found = gate(facts(change));
  return found.kind === 'open' ? 'open' : found.reason;
}

export const taken = { key: '/ConfigMap/shop/web', fields: [{ field: '.data.key', owner: 'helm' }] };

/** One whose last try the cluster refused. */
export const refused = deploymentOf({
  ...{ id: 'D-5', createdAt: created },
  journal: refusalJournal({ at: later, reason: 'ConfigMap web belongs to helm.', takeovers: [taken] }),
});
