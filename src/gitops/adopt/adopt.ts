import { FairleadError } from '../../model/error.ts';
import { parsePath } from '../../model/path.ts';
import { formatResource } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { type Adoption, type AdoptionWish, type Draft, NotWritable, type Wanted } from './adoption.ts';
import { convertLive } from './convert-live.ts';
import { writeKustomization } from './kustomization.ts';
import { sameObject, writeManifest } from './manifest.ts';
import { valueAt } from './value-at.ts';

/** Largest file that is edited, in bytes. */
const largestFile = 1024 * 1024;

/**
 * Writes live values into the files an application is rendered from: all of the wished ones or none. Secrets and hidden values are
 * never written.
 */
export async function adoptChanges(wish: AdoptionWish, signal: AbortSignal): Promise<Adoption> {
  const files = new Map<string, Uint8Array>();
  try {
    if (wish.resource.id.kind === 'Secret') throw new NotWritable('The values of a Secret are never written to Git.');
    const draft = createDraft(wish.tree, files);
    for (const change of wish.changes) await write(wantedOf(wish, change), wish, draft, signal);
    return { kind: 'files', files };
  } catch (error) {
    const isOurs = error instanceof NotWritable || (error instanceof FairleadError && error.code === 'decode-failed');
    if (isOurs) return { kind: 'none', why: error.message };
    throw error;
  }
}

function wantedOf({ resource }: AdoptionWish, { path: text, live }: AdoptionWish['changes'][number]): Wanted {
  const path = parsePath(text);
  if (path === null) throw new NotWritable(`${text} is no path that can be written.`);
  if (path.length === 0)
    throw new NotWritable(`${formatResource(resource.id)} is gone as a whole; take its manifest out by hand.`);
  const git = valueAt(resource.object, path);
  return { resource, path, git, live: convertLive(git, live, path) };
}

async function write(
  wanted: Wanted,
  { application, tree }: AdoptionWish,
  draft: Draft,
  signal: AbortSignal,
): Promise<void> {
  switch (application.renderer) {
    case 'plain':
      return writeManifest(wanted, sameObject(wanted.resource.id), draft, signal);
    case 'kustomize':
      return writeKustomization(wanted, { application, tree, draft }, signal);
    case 'helm':
      throw new NotWritable(
        `${application.name} is a Helm chart: which of its values gives the field is not known, so change the values by hand.`,
      );
    case 'argocd':
    case 'flux':
      // Only what stands in a manifest as it is applied has lines.
      if (wanted.resource.lines.size > 0) return writeManifest(wanted, sameObject(wanted.resource.id), draft, signal);
      throw new NotWritable(
        `${application.name} is put together by its controller: which file gives the field is not known, so change the files by hand.`,
      );
    default:
      application.renderer satisfies never;
  }
}

function createDraft(tree: Tree, files: Map<string, Uint8Array>): Draft {
  const sizes = new Map(
    tree.entries.filter(({ mode }) => mode.startsWith('100')).map(({ path, size }) => [path, size]),
  );
  return {
    has: (file) => sizes.has(file),
    read: async (file, signal) => {
      if ((sizes.get(file) ?? 0) > largestFile) throw new NotWritable(`${file} is too large to be edited.`);
      const bytes = files.get(file) ?? (await tree.read([file], signal)).get(file) ?? new Uint8Array();
      return textOf(bytes, file);
    },
    write: (file, text) => void files.set(file, new TextEncoder().encode(text)),
  };
}

function textOf(bytes: Uint8Array, file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new NotWritable(`${file} is not written in UTF-8.`);
  }
}
