import { isJsonList, isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../model/json.ts';
import { type Access, authorized } from '../access.ts';
import { digestOf } from '../disk-cache.ts';
import { invalid, otherDigest, refused, shown, tooLarge } from '../faults.ts';
import type { SourceLimits } from '../limits.ts';
import { type Answer, faultOf, type SourceHttp } from '../reach/http.ts';
import { type Challenge, parseChallenge } from './challenge.ts';
import { type Layer, type Manifest, type ManifestIndex, manifestTypes, readManifest } from './manifest.ts';
import { isDigest, isSameRegistry, isTag, type OciRepository } from './reference.ts';

/**
 * Pulls from registries, after the OCI distribution specification 1.1 and the token authentication registries share. There is no client
 * library that is kept up and lets connections be made by us, which the check of addresses needs.
 */
export interface Registry {
  /** A manifest, or an index of several. */
  manifest(repository: OciRepository, reference: string, signal: AbortSignal): Promise<Manifest | ManifestIndex>;
  /** The bytes of a layer, checked against size and digest. */
  blob(repository: OciRepository, layer: Layer, signal: AbortSignal): Promise<Uint8Array>;
  tags(repository: OciRepository, signal: AbortSignal): Promise<readonly string[]>;
}

/** What a registry is asked with. */
export interface RegistryOptions {
  readonly http: SourceHttp;
  readonly access: Access;
  readonly limits: SourceLimits;
  readonly now: () => Date;
}

/** Opens the way to registries. Tokens are kept until they end. */
export function openRegistry(options: RegistryOptions): Registry {
  return new HttpRegistry(options);
}

/** Tokens kept at the same time. */
const mostTokens = 1000;

class HttpRegistry implements Registry {
  readonly #options: RegistryOptions;
  /** `Authorization` by host and repository. */
  readonly #headers = new Map<string, { readonly value: string; readonly untilMs: number }>();

  constructor(options: RegistryOptions) {
    this.#options = options;
  }

  async manifest(repository: OciRepository, reference: string, signal: AbortSignal): Promise<Manifest | ManifestIndex> {
    const url = urlOf(repository, `manifests/${reference}`);
    const answer = await this.#get(repository, { url, accept: manifestTypes.join(', '), signal });
    const digest = digestOf(answer.body);
    if (isDigest(reference) && digest !== reference) throw otherDigest(shown(url), reference, digest);
    return readManifest(jsonOf(answer), { digest, subject: shown(url) });
  }

  async blob(repository: OciRepository, layer: Layer, signal: AbortSignal): Promise<Uint8Array> {
    const url = urlOf(repository, `blobs/${layer.digest}`);
    const { archiveBytes } = this.#options.limits;
    if (layer.size > archiveBytes) throw tooLarge(shown(url), archiveBytes);
    const { body } = await this.#get(repository, { url, signal, maxBytes: archiveBytes });
    const digest = digestOf(body);
    if (digest !== layer.digest) throw otherDigest(shown(url), layer.digest, digest);
    return body;
  }

  async tags(repository: OciRepository, signal: AbortSignal): Promise<readonly string[]> {
    const found: string[] = [];
    let next: URL | null = urlOf(repository, 'tags/list?n=1000');
    for (let page = 0; next !== null; page++) {
      if (page === this.#options.limits.tagPages)
        throw invalid(shown(next), `${shown(next)} lists tags without end.`, 'Name an exact version.');
      const answer: Answer = await this.#get(repository, { url: next, signal });
      found.push(...tagsOf(answer));
      next = nextPage(answer);
    }
    return found;
  }

  /** Asks, and asks once more in the way the registry then says. */
  async #get(
    repository: OciRepository,
    wanted: { readonly url: URL; readonly accept?: string; readonly maxBytes?: number; readonly signal: AbortSignal },
  ): Promise<Answer> {
    const ask = (authorization: string | null): Promise<Answer> =>
      this.#options.http.get({ maxBytes: this.#options.limits.answerBytes, ...wanted, authorization });
    const first = await ask(this.#known(repository));
    if (first.status !== 401) return first;
    const challenge = challengeOf(first, repository);
    if (challenge === null) throw refused(shown(wanted.url), repository.host, 401);
    const place = addressOf(repository, challenge);
    return authorized(this.#options.access, place, async (authorization) => {
      const value = await this.#meet(challenge, { repository, authorization, signal: wanted.signal });
      const second = value === null ? first : await ask(value);
      if (second.status === 401) throw refused(shown(wanted.url), repository.host, 401);
      return second;
    });
  }

  #known({ host, name }: OciRepository): string | null {
    const known = this.#headers.get(`${host}/${name}`);
    return known !== undefined && known.untilMs > this.#options.now().getTime() ? known.value : null;
  }

  /** The header that meets a challenge; null where we have nothing to meet it with. */
  async #meet(
    challenge: Challenge,
    { repository, authorization, signal }: Asked & { readonly signal: AbortSignal },
  ): Promise<string | null> {
    if (challenge.kind === 'basic') {
      if (authorization !== null) this.#keep(repository, authorization, 3600);
      return authorization;
    }
    const { token, seconds } = await this.#token(challenge, { repository, authorization, signal });
    this.#keep(repository, `Bearer ${token}`, seconds);
    return `Bearer ${token}`;
  }

  #keep({ host, name }: OciRepository, value: string, seconds: number): void {
    if (this.#headers.size >= mostTokens) this.#headers.clear();
    // A tenth is left for the way.
    this.#headers.set(`${host}/${name}`, { value, untilMs: this.#options.now().getTime() + seconds * 900 });
  }

  async #token(
    { realm, service }: Extract<Challenge, { kind: 'bearer' }>,
    { repository, authorization, signal }: Asked & { readonly signal: AbortSignal },
  ): Promise<{ readonly token: string; readonly seconds: number }> {
    const url = new URL(realm);
    const subject = shown(url);
    if (service !== null) url.searchParams.set('service', service);
    url.searchParams.set('scope', `repository:${repository.name}:pull`);
    const maxBytes = this.#options.limits.answerBytes;
    const answer = await this.#options.http.get({ url, authorization, maxBytes, signal });
    if (answer.status === 401) throw faultOf(url, 401, null);
    const value = jsonOf(answer);
    const token = pickText(value, 'token') ?? pickText(value, 'access_token') ?? '';
    // What is no token by RFC 6750 would break the header.
    if (!/^[A-Za-z0-9._~+/=-]+$/.test(token))
      throw invalid(subject, `${subject} answers without a token.`, 'Ask the owner of the registry.');
    const seconds = pick(value, 'expires_in');
    return { token, seconds: typeof seconds === 'number' && seconds > 0 ? Math.min(seconds, 3600) : 60 };
  }
}

/** A repository, and what is shown where it says. */
interface Asked {
  readonly repository: OciRepository;
  readonly authorization: string | null;
}

/** How the registry wants to be asked; a challenge of the place a redirect led to is none of the registry's. */
function challengeOf({ headers, url }: Answer, { host }: OciRepository): Challenge | null {
  const header = headers['www-authenticate'];
  const challenge = parseChallenge(Array.isArray(header) ? header.join(', ') : (header ?? ''));
  if (challenge === null || url.host !== host) return null;
  if (challenge.kind === 'bearer' && URL.parse(challenge.realm) === null)
    throw invalid(host, `${host} names a realm for tokens that is no URL.`, 'Ask its owner to correct it.');
  return challenge;
}

/**
 * The address whose credentials are shown: of the repository, under the host where they are shown. A realm at the host of somebody else
 * is an address of its own, since those of the registry are not for it to send elsewhere.
 */
function addressOf({ host, name }: OciRepository, challenge: Challenge): URL {
  const realm = challenge.kind === 'bearer' ? new URL(challenge.realm) : null;
  if (realm === null) return new URL(`https://${host}/${name}`);
  return isSameRegistry(realm.host, host) ? new URL(`https://${realm.host}/${name}`) : realm;
}

function urlOf({ host, name }: OciRepository, path: string): URL {
  return new URL(`https://${host}/v2/${name}/${path}`);
}

function tagsOf(answer: Answer): readonly string[] {
  const tags = pick(jsonOf(answer), 'tags');
  return isJsonList(tags) ? tags.filter((tag) => typeof tag === 'string').filter(isTag) : [];
}

/** `Link: <...>; rel="next"`, of the same registry. */
function nextPage({ headers, url }: Answer): URL | null {
  const link = headers['link'];
  const target = typeof link === 'string' ? /<([^>]{1,2000})>\s*;\s*rel="?next"?/.exec(link)?.[1] : undefined;
  const next = target === undefined ? null : URL.parse(target, url.href);
  return next !== null && next.host === url.host ? next : null;
}

function jsonOf({ body, url }: Answer): JsonObject {
  try {
    const value: Json = JSON.parse(Buffer.from(body).toString('utf8'));
    if (isJsonObject(value)) return value;
  } catch {
    // Said below, without what the server wrote.
  }
  throw invalid(shown(url), `${shown(url)} answers with what is no JSON object.`, 'Check that this is a registry.');
}
