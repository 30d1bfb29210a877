import { type LiveQuestion, reachOf } from '../../gitops/risk/live/index.ts';
import { createLister } from '../../gitops/risk/live/lister.ts';
import type { LiveWorld } from '../../gitops/risk/live/live-rule.ts';
import { policyErrorRule } from '../../gitops/validate/policy-check.ts';
import type { Change } from '../../model/change.ts';
import { BorderError } from '../../model/error.ts';
import type { Finding } from '../../model/finding.ts';
import { formatResource, identify, type Resource } from '../../model/resource.ts';
import type { ReadCluster } from '../../world/cluster/place.ts';
import type { ReviewTools } from './request.ts';

/** Rule of what could not be looked up in the cluster. */
export const reachUnreadRule = 'reach-unread';

/** A target in a cluster. */
export interface ReachPlace {
  readonly head: readonly Resource[];
  /** null where no cluster is read: then nothing is asked. */
  readonly read: ReadCluster | null;
  readonly tools: Pick<ReviewTools, 'admit'>;
}

/** What goes with what is deleted, and what new quotas and policies do to what is there. */
export async function reachLive(
  question: LiveQuestion,
  { head, read, tools }: ReachPlace,
  signal: AbortSignal,
): Promise<{ readonly changes: readonly Change[]; readonly findings: readonly Finding[] }> {
  const { target, changes } = question;
  if (read === null) return { changes, findings: [] };
  const lister = createLister(read.cluster, read.discovery, signal);
  try {
    return await reachOf(question, { lister, head, refused: refusedBy({ target, tools }, signal) });
  } catch (error) {
    if (!(error instanceof BorderError)) throw error;
    return { changes, findings: [unread(target, error)] };
  }
}

function refusedBy(
  { target, tools }: { readonly target: string; readonly tools: ReachPlace['tools'] },
  signal: AbortSignal,
): LiveWorld['refused'] {
  return async (policies, objects) => {
    const resources = objects.flatMap((object): readonly Resource[] => {
      const id = identify(object);
      return id === null ? [] : [{ id, object, source: null, lines: new Map(), random: [] }];
    });
    const findings = await tools.admit({ target, policies, resources }, signal);
    return findings.flatMap(({ rule, severity, resource, message }) => {
      if (rule === policyErrorRule || severity !== 'block' || resource === null) return [];
      const name = formatResource(resource);
      return [{ name, why: message.replace(`${name}: `, '').replace(/\.$/, '') }];
    });
  };
}

function unread(target: string, error: BorderError): Finding {
  return {
    ...{ rule: reachUnreadRule, severity: 'caution', target, resource: null, file: null, line: null },
    message: `What goes with the objects that are deleted, and what new policies do, was not looked up: ${error.message}`,
    fix: error.remedy,
  };
}
