import { createHash } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';

const digestOf = (bytes: Uint8Array) => `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
const helmLayer = 'application/vnd.cncf.helm.chart.content.v1.tar+gzip';
/** What Flux pushes. */
export const fluxLayer = 'application/vnd.cncf.flux.content.v1.tar+gzip';

/** What a pretend registry holds, and how it wants to be asked. */
export interface Content {
  readonly manifests: Record<string, Buffer>;
  readonly blobs: Record<string, Buffer>;
  readonly tags: readonly string[];
  /** Answers instead of the registry where it gives true. */
  readonly before?: (request: IncomingMessage, response: ServerResponse) => boolean;
}

function manifestOf(layer: Buffer, mediaType: string): Buffer {
  const layers = [{ mediaType, digest: digestOf(layer), size: layer.length }];
  return Buffer.from(JSON.stringify({ schemaVersion: 2, layers }));
}

/** One layer under one tag. */
export function holding(tag: string, layer: Buffer, mediaType = helmLayer): Content & { readonly digest: string } {
  const manifest = manifestOf(layer, mediaType);
  const digest = digestOf(manifest);
  return {
    manifests: { [tag]: manifest, [digest]: manifest },
    blobs: { [digestOf(layer)]: layer },
    tags: [tag],
    digest,
  };
}

/** An index under the same tag instead, with these manifests, each of one layer. */
export function holdingIndex(
  tag: string,
  entries: readonly {
    readonly layer: Buffer;
    readonly mediaType?: string;
    readonly platform?: { readonly os: string; readonly architecture: string };
  }[],
): Content & { readonly digest: string } {
  const all = entries.map(({ layer, mediaType, platform }) => ({ ...holding('', layer, mediaType), platform }));
  const manifests = all.map(({ manifests: held, digest, platform }) => ({
    mediaType: 'application/vnd.oci.image.manifest.v1+json',
    digest,
    size: held[digest]?.length ?? 0,
    ...(platform && { platform }),
  }));
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, manifests }));
  const digest = digestOf(index);
  return {
    manifests: Object.assign({ [tag]: index, [digest]: index }, ...all.map(({ manifests: held }) => held)),
    blobs: Object.assign({}, ...all.map(({ blobs }) => blobs)),
    tags: [tag],
    digest,
  };
}

/** Answers as a registry would that holds one repository, `charts/shop`, with one tag a page. */
export function answer({ url = '' }: IncomingMessage, response: ServerResponse, content: Content): void {
  const [, kind = '', reference = ''] = /^\/v2\/charts\/shop\/(manifests|blobs|tags)\/(.*)$/.exec(url) ?? [];
  const page = Number(new URL(url, 'https://x').searchParams.get('page') ?? 0);
  if (kind === 'tags') {
    const isLast = page + 1 >= content.tags.length;
    const link = isLast ? {} : { link: `</v2/charts/shop/tags/list?n=1000&page=${page + 1}>; rel="next"` };
    response
      .writeHead(200, link)
      .end(JSON.stringify({ name: 'charts/shop', tags: content.tags.slice(page, page + 1) }));
    return;
  }
  const found = (kind === 'manifests' ? content.manifests : content.blobs)[reference];
  if (found === undefined) response.writeHead(404).end();
  else response.end(found);
}
