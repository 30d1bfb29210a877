import type { SecretStore } from '../../model/secret-store.ts';
import type { ArgoCdHome, FluxHome } from '../../model/server-settings.ts';
import type { Tree } from '../../model/tree.ts';
import { accessOf, type HostAccess, type Lookup } from './access.ts';
import { argoCdOffers } from './credentials/argocd.ts';
import { controllerLookup } from './credentials/controller-lookup.ts';
import { fluxOffers } from './credentials/flux.ts';
import { hostLookup } from './credentials/host-lookup.ts';
import { openDiskCache } from './disk-cache.ts';
import { fileContent, fileUrl } from './file/file-source.ts';
import { gitContent, gitUrl } from './git/git-source.ts';
import type { OpenMirror } from './git/mirror.ts';
import { isRange } from './git/range.ts';
import { isCommit } from './git/ref.ts';
import { fetchThrough, type Ground } from './ground.ts';
import { baseOf, type HelmRepositories, openHelmRepositories } from './helm/helm-repository.ts';
import { defaultSourceLimits, type SourceLimits } from './limits.ts';
import { artifactOf, artifactRevision, chartRevision, type OciRevision } from './oci/artifacts.ts';
import { type OciRepository, ociRepository } from './oci/reference.ts';
import { openRegistry, type Registry } from './oci/registry.ts';
import type { Dial } from './reach/connector.ts';
import { openGate, type Reachable, type Resolve } from './reach/gate.ts';
import { openHttp, type SourceHttp } from './reach/http.ts';
import { Recent } from './recent.ts';
import type { Fetched, Sources, WantedArtifact, WantedChart, WantedFile, WantedGit } from './sources.ts';

/** What fetching needs. */
export interface SourcesOptions {
  readonly reachable: Reachable;
  readonly hosts: readonly HostAccess[];
  /** Controllers whose credentials are used for what has none above. */
  readonly argocd?: ArgoCdHome | null;
  readonly flux?: FluxHome | null;
  /** Reads the Secrets that are named; without it none can be. */
  readonly secrets?: SecretStore;
  /** Told of every credential before it is used. */
  readonly learn?: (secret: string) => void;
  /** Folder of the disk cache, and the bytes it may take. */
  readonly cache: { readonly dir: string; readonly maxBytes: number };
  /** As `openMirror` of `world/git` does. */
  readonly openMirror: OpenMirror;
  readonly now?: () => Date;
  readonly limits?: Partial<SourceLimits>;
  readonly resolve?: Resolve;
  readonly dial?: Dial;
  /** Protocols of Git besides https; only tests name any. */
  readonly gitProtocols?: readonly string[];
}

/** Opens the way to sources. Nothing is reached before something is asked for. */
export function openSources(options: SourcesOptions): Sources {
  const now = options.now ?? (() => new Date());
  const limits = { ...defaultSourceLimits, ...options.limits };
  const hosts = hostLookup(options.hosts, options.secrets ?? noSecrets);
  const others = controllers(options, { now, freshMs: limits.freshMs });
  const access = accessOf({ hosts, others, learn: options.learn ?? (() => undefined) });
  const gate = openGate(options.reachable, options.resolve);
  const ground = { gate, access, limits, now, cache: openDiskCache({ ...options.cache, now }) };
  const dial = options.dial === undefined ? {} : { dial: options.dial };
  const http = openHttp({ ...dial, gate, limits, now, authority: access.authority });
  const registry = openRegistry({ http, access, limits, now });
  const git = { openMirror: options.openMirror, protocols: options.gitProtocols ?? [] };
  return new HostedSources({ ground, http, registry, git, repositories: openHelmRepositories(ground, http) });
}

const unreadable = async (): Promise<never> => {
  throw new Error('Secrets are named where none can be read');
};

const noSecrets: SecretStore = { secret: unreadable, secrets: unreadable, objects: unreadable, object: unreadable };

function controllers(
  { argocd = null, flux = null, secrets = noSecrets }: SourcesOptions,
  time: { readonly now: () => Date; readonly freshMs: number },
): readonly Lookup[] {
  if (argocd === null && flux === null) return [];
  const list = async () => [
    ...(argocd === null ? [] : await argoCdOffers(argocd, secrets)),
    ...(flux === null ? [] : await fluxOffers(flux, secrets)),
  ];
  return [controllerLookup({ list, ...time })];
}

interface Parts {
  readonly ground: Ground;
  readonly http: SourceHttp;
  readonly registry: Registry;
  readonly repositories: HelmRepositories;
  readonly git: Parameters<typeof gitContent>[1]['git'];
}

/** Bytes of unpacked files that are held for those who ask for the same again. */
const mostHeld = 128 * 1024 * 1024;

class HostedSources implements Sources {
  readonly #parts: Parts;
  readonly #recent: Recent<Fetched>;

  constructor(parts: Parts) {
    const { now, limits } = parts.ground;
    this.#parts = parts;
    this.#recent = new Recent({ now, freshMs: limits.freshMs, most: mostHeld, weigh: ({ tree }) => sizeOf(tree) });
  }

  async chart(wanted: WantedChart, signal: AbortSignal): Promise<Fetched> {
    const { repository, name, version, digest } = wanted;
    const key = `chart ${JSON.stringify([repository, name, version, digest])}`;
    if (repository.startsWith('oci://')) {
      const place = ociRepository(repository, name);
      const asked = { repository: place, revision: chartRevision(version), what: 'chart' } as const;
      return this.#oci(asked, { key, digest }, signal);
    }
    const base = baseOf(repository);
    this.#parts.ground.gate.checkHost(base);
    const task = { key, subject: `chart ${name} ${version} of ${base.host}`, digest, isContentKey: false };
    return this.#recent.get(key, signal, (own) =>
      fetchThrough(this.#parts.ground, task, () => this.#parts.repositories.chart(wanted, own)),
    );
  }

  async artifact({ url, revision }: WantedArtifact, signal: AbortSignal): Promise<Fetched> {
    const asked = { repository: ociRepository(url), revision: artifactRevision(revision), what: 'artifact' } as const;
    const digest = asked.revision.kind === 'digest' ? asked.revision.digest : null;
    return this.#oci(asked, { key: `artifact ${JSON.stringify([url, revision])}`, digest }, signal);
  }

  async git(wanted: WantedGit, signal: AbortSignal): Promise<Fetched> {
    const { ground, git } = this.#parts;
    const url = gitUrl(wanted.url, git);
    ground.gate.checkHost(url);
    const range = isRange(wanted) ? [wanted.reads ?? 'range or name'] : [];
    const key = `git ${JSON.stringify([url.href, wanted.revision, ...range])}`;
    const subject = `${url.host}${url.pathname} at ${wanted.revision === '' ? 'HEAD' : wanted.revision}`;
    const task = { key, subject, digest: null, isContentKey: isCommit(wanted.revision) };
    return this.#recent.get(key, signal, (own) =>
      fetchThrough(ground, task, () => gitContent(wanted, { ground, git, signal: own })),
    );
  }

  async file(wanted: WantedFile, signal: AbortSignal): Promise<Fetched> {
    const { ground, http } = this.#parts;
    const url = fileUrl(wanted.url);
    ground.gate.checkHost(url);
    const key = `file ${JSON.stringify([url.href])}`;
    const task = { key, subject: `${url.host}${url.pathname}`, digest: null, isContentKey: false };
    const { limits } = ground;
    return this.#recent.get(key, signal, (own) =>
      fetchThrough(ground, task, () => fileContent(url, { http, limits, signal: own })),
    );
  }

  async close(): Promise<void> {
    this.#recent.close();
    await this.#parts.repositories.close();
    await this.#parts.http.close();
  }

  #oci(
    asked: {
      readonly repository: OciRepository;
      readonly revision: OciRevision;
      readonly what: 'chart' | 'artifact';
    },
    { key, digest }: { readonly key: string; readonly digest: string | null },
    signal: AbortSignal,
  ): Promise<Fetched> {
    const { ground, registry } = this.#parts;
    const { host, name } = asked.repository;
    ground.gate.checkHost(new URL(`https://${host}`));
    const task = { key, subject: `oci://${host}/${name}`, digest, isContentKey: false };
    return this.#recent.get(key, signal, (own) =>
      fetchThrough(ground, task, () => artifactOf(asked, { registry, ground, signal: own })),
    );
  }
}

function sizeOf(tree: Tree): number {
  return tree.entries.reduce((sum, { size }) => sum + size, 0);
}
