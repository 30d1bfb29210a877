import { gzipSync } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** An entry of an archive: whatever a hostile one may say. */
export type Entry = Partial<Header> & { readonly name: string; readonly content?: string };

/** A tar of entries as they are written. */
export async function tarOf(entries: readonly Entry[]): Promise<Buffer> {
  const stream = pack();
  for (const { content, ...header } of entries) {
    if (content === undefined) stream.entry(header, '');
    else stream.entry(header, content);
  }
  stream.finalize();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The same in gzip. */
export async function tgzOf(entries: readonly Entry[]): Promise<Buffer> {
  return gzipSync(await tarOf(entries));
}

/** A chart with one template. */
export function chartOf(name: string, version: string, more: readonly Entry[] = []): Promise<Buffer> {
  return tgzOf([
    { name: `${name}/Chart.yaml`, content: `apiVersion: v2\nname: ${name}\nversion: ${version}\n` },
    { name: `${name}/values.yaml`, content: 'replicas: 1\n' },
    { name: `${name}/templates/map.yaml`, content: `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: ${name}}\n` },
    ...more,
  ]);
}
