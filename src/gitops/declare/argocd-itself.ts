import { helmEngineOf } from '../../formats/argocd/helm-engine.ts';
import { canonicalJson } from '../../formats/json.ts';
import type { ArgoCdApi, LiveApplication, ManifestsQuestion } from '../../model/argocd-api.ts';
import { type JsonObject, pickText } from '../../model/json.ts';
import type { HelmEngine } from '../../model/target.ts';
import { Recent } from '../../world/sources/recent.ts';

/** Argo CD itself for what only it can tell, or why it is not asked. */
export type ArgoCdItself =
  | { readonly kind: 'asked'; readonly api: ArgoCdApi }
  | {
      readonly kind: 'unasked';
      /** As the end of a sentence: `it is not asked, as …`. */
      readonly why: string;
      readonly fix: string;
    };

/**
 * Whether Argo CD may be asked on behalf of a change: what is asked runs with its rights, so only where the operator named its API, and
 * only for content that somebody trusted (`unfetched` says why not).
 */
export function argoCdItself(api: ArgoCdApi | null, unfetched: string | undefined): ArgoCdItself {
  if (api === null) {
    const fix = 'Name its API in the file of the server: argocd.url with a token (docs/server-config.md).';
    return { kind: 'unasked', why: 'its API is not named here', fix };
  }
  if (unfetched === undefined) return { kind: 'asked', api };
  const fix = 'Somebody who may write here reads the change, then comments /fairlead ok-to-test.';
  return { kind: 'unasked', why: `it is not asked, as ${unfetched}`, fix };
}

/** Milliseconds for which an answer holds: both sides of a review, and what looks at them again, see the same world. */
const freshMs = 60_000;
/** Characters of answers that are kept. */
const most = 64 * 1024 * 1024;

/** An API whose answers hold for a minute; asked for the same at the same time it is asked once. */
export interface RecentArgoCd extends ArgoCdApi {
  /** The Helm it runs; null where it does not say so soon. */
  helm(signal: AbortSignal): Promise<HelmEngine | null>;
  /** Ends what is being asked. */
  close(): void;
}

/** Makes one of another. */
export function recentArgoCd(api: ArgoCdApi, now: () => Date): RecentArgoCd {
  const kept = new Recent<readonly JsonObject[]>({
    now,
    freshMs,
    most,
    weigh: (all) => JSON.stringify(all, textOf).length,
  });
  const keyOf = (what: string, asked: JsonObject): string => `${what} ${canonicalJson(asked)}`;
  return {
    generate: (set, signal) => kept.get(keyOf('generate', set), signal, (own) => api.generate(set, own)),
    application: async (of, signal) => {
      const [found] = await kept.get(keyOf('application', jsonOf(of)), signal, async (own) => [
        await api.application(of, own),
      ]);
      if (found === undefined) throw new Error('one is kept');
      return found;
    },
    manifests: (question, signal) =>
      kept.get(keyOf('manifests', jsonOf(question)), signal, (own) => api.manifests(question, own)),
    helm: async (signal) => {
      const [found] = await kept.get('helm', signal, async (own) => [{ helm: await helmVersion(api, own) }]);
      return helmEngineOf(pickText(found, 'helm') ?? '');
    },
    version: api.version,
    may: api.may,
    close: () => kept.close(),
  };
}

/** Milliseconds that are waited for a version, which is of little weight. */
const versionMs = 5_000;

/** '' where there is no answer: reviews go on without, and ask again when that is no longer fresh. */
async function helmVersion(api: ArgoCdApi, signal: AbortSignal): Promise<string> {
  try {
    return (await api.version(AbortSignal.any([signal, AbortSignal.timeout(versionMs)]))).helm;
  } catch {
    return ''; // Who must know why asks for more than this.
  }
}

function jsonOf(question: LiveApplication | ManifestsQuestion): JsonObject {
  return { ...question };
}

function textOf(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
