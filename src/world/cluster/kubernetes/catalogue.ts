import { BorderError } from '../../../model/error.ts';
import { apiVersionOf, type ResourceId } from '../../../model/resource.ts';
import type { ApiResource } from '../cluster.ts';
import { readObject } from './answer.ts';
import type { Clock } from './clock.ts';
import {
  assembleDiscovery,
  type GroupVersion,
  readAggregated,
  readGroupVersions,
  readResourceList,
  type Served,
} from './discovery.ts';
import type { ClusterLimits } from './limits.ts';
import type { Answer, Transport } from './transport.ts';
import { untilAborted } from './until-aborted.ts';

type Type = Pick<ResourceId, 'group' | 'version' | 'kind'>;

/** The server's types, kept and renewed. */
export interface Catalogue {
  /** Not older than `limits.discoveryMs`. */
  current(signal: AbortSignal): Promise<Served>;
  /**
   * The type of an object, or null when the server does not serve it; a missing type makes it look again. Throws
   * `unavailable` when the group's own server is down, because then nobody knows.
   */
  resolve(type: Type, signal: AbortSignal): Promise<ApiResource | null>;
  /** An object of this type was just written: when it defines types, look again soon. */
  noteWrite(resource: ApiResource): void;
}

interface Kept {
  readonly served: Served;
  readonly at: number;
  readonly etags: readonly (string | null)[];
  readonly groups: readonly (readonly GroupVersion[])[];
}

const accept = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .concat('application/json')
  .join(',');

/** After a new type, how long it is looked for eagerly, and how often. Milliseconds. */
const eager = { forMs: 30_000, everyMs: 250 };

/** Kinds whose objects alter what the server serves. */
const definers = new Set(['apiextensions.k8s.io/CustomResourceDefinition', 'apiregistration.k8s.io/APIService']);

/** More group versions than this are not asked for one by one. */
const maxGroupVersions = 1000;

/** Makes the catalogue of one server. */
export function createCatalogue(transport: Transport, limits: ClusterLimits, clock: Clock): Catalogue {
  let kept: Kept | null = null;
  let reading: Promise<Kept> | null = null;
  let eagerUntil = Number.NEGATIVE_INFINITY;

  const renew = async (signal: AbortSignal): Promise<Served> => {
    // One reading serves all who wait, so none of their signals may end it; its own deadlines do.
    reading ??= read(transport, limits, kept, clock)
      .then((found) => {
        kept = found;
        return found;
      })
      .finally(() => {
        reading = null;
      });
    return (await untilAborted(reading, signal)).served;
  };
  const isOld = (): boolean => {
    const ageMs = clock.now() < eagerUntil ? eager.everyMs : limits.discoveryMs;
    return kept === null || clock.now() - kept.at >= ageMs;
  };
  return {
    current: async (signal) => (kept === null || isOld() ? renew(signal) : kept.served),
    resolve: async (type, signal) => {
      const known = kept?.served.find(type);
      if (known !== undefined) return known;
      const served = kept === null || isOld() ? await renew(signal) : kept.served;
      return served.find(type) ?? absent(type, served, transport.server);
    },
    noteWrite: ({ group, kind }) => {
      if (definers.has(`${group}/${kind}`)) eagerUntil = clock.now() + eager.forMs;
    },
  };
}

function absent(type: Type, served: Served, server: string): null {
  if (!served.unknown.has(apiVersionOf(type))) return null;
  throw new BorderError({
    kind: 'unavailable',
    status: 503,
    code: 'cluster-group-unavailable',
    message: `Cluster ${server} cannot say whether it serves ${type.kind}: the server of ${apiVersionOf(type)} does not answer.`,
    subject: server,
    remedy: `Look at the APIService of ${apiVersionOf(type)}.`,
  });
}

async function read(transport: Transport, limits: ClusterLimits, kept: Kept | null, clock: Clock): Promise<Kept> {
  const { signal } = new AbortController();
  const at = clock.now();
  const ask = (path: string, etag: string | null): Promise<Answer> =>
    transport.send(
      {
        method: 'GET',
        path,
        action: 'read its API types',
        headers: { accept, ...(etag === null ? {} : { 'if-none-match': etag }) },
        deadlineMs: limits.bulkMs,
        isIdempotent: true,
      },
      signal,
    );
  const paths = ['/api', '/apis'];
  const answers = await Promise.all(paths.map((path, index) => ask(path, kept?.etags[index] ?? null)));
  const groups = await Promise.all(
    answers.map(async (answer, index) => {
      const same = kept?.groups[index];
      return answer.status === 304 && same !== undefined ? same : groupsOf(answer, ask, transport.server);
    }),
  );
  const etags = answers.map(({ etag }, index) => etag ?? kept?.etags[index] ?? null);
  return { at, etags, groups, served: assembleDiscovery(groups.flat()) };
}

async function groupsOf(
  answer: Answer,
  ask: (path: string, etag: null) => Promise<Answer>,
  server: string,
): Promise<readonly GroupVersion[]> {
  const attempt = { server, action: 'read its API types' };
  const body = readObject(answer.text, attempt);
  const aggregated = readAggregated(body);
  if (aggregated !== null) return aggregated;
  const names = readGroupVersions(body).slice(0, maxGroupVersions);
  return await Promise.all(
    names.map(async (name) => {
      const listed = await ask(`${name.includes('/') ? '/apis' : '/api'}/${name}`, null).catch(unlessOneGroupIsDown);
      return readResourceList(name, listed === null ? null : readObject(listed.text, attempt));
    }),
  );
}

/** One aggregated server that is down must not hide all other types. */
function unlessOneGroupIsDown(fault: unknown): null {
  if (fault instanceof BorderError && (fault.status >= 500 || fault.kind === 'not-found')) return null;
  throw fault;
}
