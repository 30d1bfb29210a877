import type { Redactor } from '../../../formats/redaction/redactor.ts';
import { BorderError } from '../../../model/error.ts';
import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import type { Entrance } from './access/entrance.ts';
import { readObject } from './answer.ts';
import { systemClock } from './clock.ts';
import { defaultLimits } from './limits.ts';
import { createTransport, type Transport } from './transport.ts';

/** Something one may be allowed to do. */
export interface Right {
  readonly verb: string;
  readonly group: string;
  /** Plural. */
  readonly resource: string;
  readonly namespace: string;
}

/** What became of a real write that could not have changed anything. */
export type RealWrite = 'held-by-policy' | 'no-right' | 'possible' | 'unknown';

/** Looks at a cluster as one identity sees it, without changing anything. Everything throws `BorderError`. */
export interface ClusterProbe {
  /** `NAME (HOST:PORT)`. */
  readonly server: string;
  /** Its version and its clock; null where it does not tell the time. */
  version(signal: AbortSignal): Promise<{ readonly gitVersion: string; readonly time: Date | null }>;
  /** Who the server takes us for; null where it does not say. */
  whoAmI(signal: AbortSignal): Promise<string | null>;
  may(right: Right, signal: AbortSignal): Promise<boolean>;
  /** Creates, not as a dry-run, what is there already: admission decides before the server finds that out. */
  tryRealWrite(namespace: string, signal: AbortSignal): Promise<RealWrite>;
  close(): Promise<void>;
}

/** Every namespace holds one, made by the cluster itself. */
const present = 'kube-root-ca.crt';

/** Opens a probe by a way in; closing it closes the way's credentials. */
export function openProbe({ url, server, credentials }: Entrance, redactor: Redactor): ClusterProbe {
  const limits = { ...defaultLimits, tries: 2, firstContactMs: 10_000 };
  const clock = systemClock;
  const transport = createTransport({ url, server, credentials, limits, redactor, clock, random: Math.random });
  const ask = asker(transport);
  return {
    server,
    version: async (signal) => {
      const { object, date } = await ask('GET', '/version', null, signal);
      const time = date === null ? Number.NaN : Date.parse(date);
      return {
        gitVersion: pickText(object, 'gitVersion') ?? 'unknown',
        time: Number.isNaN(time) ? null : new Date(time),
      };
    },
    whoAmI: async (signal) => {
      const { object } = await ask('POST', '/apis/authentication.k8s.io/v1/selfsubjectreviews', selfReview, signal);
      return pickText(object, 'status', 'userInfo', 'username') ?? null;
    },
    may: async ({ verb, group, resource, namespace }, signal) => {
      const spec = { resourceAttributes: { verb, group, resource, namespace } };
      const body = { apiVersion: 'authorization.k8s.io/v1', kind: 'SelfSubjectAccessReview', spec };
      const { object } = await ask('POST', '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews', body, signal);
      return pick(object, 'status', 'allowed') === true;
    },
    tryRealWrite: (namespace, signal) => tryRealWrite(ask, namespace, signal),
    close: transport.close.bind(transport),
  };
}

const selfReview = { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' };

type Ask = ReturnType<typeof asker>;

function asker(transport: Transport) {
  return async (method: 'GET' | 'POST', path: string, body: JsonObject | null, signal: AbortSignal) => {
    const action = `${method} ${path}`;
    const sent = body === null ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } };
    const call = { method, path, action, ...sent, deadlineMs: defaultLimits.requestMs, isIdempotent: true };
    const { text, date } = await transport.send(call, signal);
    return { object: readObject(text, { server: transport.server, action }), date };
  };
}

async function tryRealWrite(ask: Ask, namespace: string, signal: AbortSignal): Promise<RealWrite> {
  const path = `/api/v1/namespaces/${encodeURIComponent(namespace)}/configmaps`;
  const body = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: present, namespace } };
  if (!(await isThere(ask, `${path}/${present}`, signal))) return 'unknown';
  try {
    await ask('POST', path, body, signal);
    return 'possible';
  } catch (fault) {
    const found = fault instanceof BorderError ? meaning[fault.code] : undefined;
    if (found === undefined) throw fault;
    return found;
  }
}

/** What each refusal of the write says. */
const meaning: Readonly<Record<string, RealWrite>> = {
  'cluster-conflict': 'possible',
  'cluster-admission-refused': 'held-by-policy',
  'cluster-forbidden': 'no-right',
};

/** Without it the write would make it, so it must not be tried. */
async function isThere(ask: Ask, path: string, signal: AbortSignal): Promise<boolean> {
  try {
    await ask('GET', path, null, signal);
    return true;
  } catch (fault) {
    if (fault instanceof BorderError && (fault.kind === 'not-found' || fault.kind === 'forbidden')) return false;
    throw fault;
  }
}
