import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Tree } from '../../../src/model/tree.ts';
import { folderTree, type Link, memoryTree } from '../../support/memory-tree.ts';

/** Charts written for these tests, one folder each. */
export const chartFolder = join(import.meta.dirname, '../../fixtures/helm');

/** The files of all fixture charts, with the chart `packed` as an archive where `archived` wants it. */
export async function chartFiles(): Promise<Record<string, Uint8Array>> {
  const tree = folderTree(chartFolder);
  const contents = await tree.read(
    tree.entries.map(({ path }) => path),
    new AbortController().signal,
  );
  const files = Object.fromEntries(contents);
  const packed = Object.entries(files).filter(([path]) => path.startsWith('packed/'));
  return { ...files, 'archived/charts/packed-3.1.0.tgz': packFiles(Object.fromEntries(packed)) };
}

/** What a tree is made of. */
export type Files = Record<string, string | Uint8Array | Link>;

/** A tree with one chart `c` of the given files. */
export function chart(files: Files): Tree {
  return memoryTree({ 'c/Chart.yaml': 'apiVersion: v2\nname: c\nversion: 1.0.0\n', ...files });
}

/** A template of one ConfigMap `m` with one value. */
export function configMap(data: string): string {
  return `apiVersion: v1\nkind: ConfigMap\nmetadata: {name: m}\ndata:\n  value: ${data}\n`;
}

/** A gzipped tar archive (POSIX ustar) of small files. */
export function packFiles(files: Readonly<Record<string, Uint8Array>>): Uint8Array {
  const blocks = Object.entries(files).flatMap(([path, bytes]) => [
    tarHeader(path, bytes.length),
    bytes,
    padding(bytes),
  ]);
  return gzipSync(Buffer.concat([...blocks, Buffer.alloc(1024)]));
}

function tarHeader(path: string, size: number): Uint8Array {
  const header = Buffer.alloc(512);
  header.write(path, 0, 100);
  header.write('0000644\0', 100);
  header.write(`${size.toString(8).padStart(11, '0')}\0`, 124);
  header.write('00000000000\0', 136);
  header.write('        0ustar\x0000', 148);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return header;
}

function padding(bytes: Uint8Array): Uint8Array {
  return Buffer.alloc((512 - (bytes.length % 512)) % 512);
}
