import { maskChanges } from '../formats/redaction/mask-changes.ts';
import type { AuditEntry } from '../model/audit.ts';
import type { Deployment } from '../model/deployment.ts';
import type { Drift } from '../model/drift.ts';
import type { Evidence } from '../model/health.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Plan } from '../model/plan.ts';
import type { Store } from '../world/store/store.ts';

type Mask = (text: string) => string;

/**
 * A store in which no sentence and no value of an object is kept before it went through the gate. Ids, names, digests and times stay:
 * rows are found by them. Webhooks are kept as they came.
 */
export function maskStore(store: Store, mask: Mask): Store {
  const { plans, deployments, drift, pulls, pauses, audit } = store;
  return {
    ...store,
    plans: { ...plans, save: (tx, plan) => plans.save(tx, maskPlan(plan, mask)) },
    deployments: {
      ...deployments,
      create: (tx, deployment) => deployments.create(tx, { ...deployment, ...maskDeployment(deployment, mask) }),
      update: (tx, id, change, from) =>
        deployments.update(tx, id, { ...change, ...maskDeployment(change, mask) }, from),
    },
    drift: { ...drift, save: (tx, row) => drift.save(tx, maskDrift(row, mask)) },
    pulls: {
      ...pulls,
      mark: (tx, repo, pull, mark) => pulls.mark(tx, repo, pull, { ...mark, reason: mask(mark.reason) }),
    },
    pauses: { ...pauses, set: (tx, pause) => pauses.set(tx, { ...pause, reason: mask(pause.reason) }) },
    audit: { ...audit, append: (tx, entry) => audit.append(tx, maskEntry(entry, mask)) },
  };
}

function maskPlan(plan: Plan, mask: Mask): Plan {
  const targets = plan.targets.map((target) => ({ ...target, changes: maskChanges(target.changes, mask) }));
  return { ...plan, targets };
}

type Said = Pick<Deployment, 'reason' | 'steps' | 'evidence' | 'kept' | 'revertNote'>;

/** Of the sentences of a deployment those that are given. */
function maskDeployment(given: Partial<Said>, mask: Mask): Partial<Said> {
  const { reason, steps, evidence, kept, revertNote } = given;
  return {
    ...(reason === undefined ? {} : { reason: mask(reason) }),
    ...(steps === undefined ? {} : { steps: steps.map((step) => ({ ...step, note: mask(step.note) })) }),
    ...(evidence === undefined ? {} : { evidence: evidence.map((one) => maskEvidence(one, mask)) }),
    ...(kept === undefined ? {} : { kept: kept.map((one) => ({ ...one, why: mask(one.why) })) }),
    ...(revertNote === undefined ? {} : { revertNote: masked(revertNote, mask) }),
  };
}

function maskEvidence(evidence: Evidence, mask: Mask): Evidence {
  const { message, logs, logsMissing } = evidence;
  return {
    ...evidence,
    message: masked(message, mask),
    logs: logs === null ? null : logs.map(mask),
    logsMissing: masked(logsMissing, mask),
  };
}

function maskDrift(row: Drift, mask: Mask): Drift {
  return { ...row, git: masked(row.git, mask), live: masked(row.live, mask) };
}

/** What of an audit row people or servers said; the rest names things. */
const said: ReadonlySet<string> = new Set(['command', 'reason', 'why', 'note', 'message', 'about', 'wake']);

function maskEntry(entry: AuditEntry, mask: Mask): AuditEntry {
  const data = Object.entries(entry.data).map(([name, value]): [string, Json] => [
    name,
    typeof value === 'string' && said.has(name) ? mask(value) : value,
  ]);
  return { ...entry, data: Object.fromEntries(data) as JsonObject }; // of the same names and values as the row's
}

function masked(text: string | null, mask: Mask): string | null {
  return text === null ? null : mask(text);
}
