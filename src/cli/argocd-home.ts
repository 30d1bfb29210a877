import { resolve } from 'node:path';
import type { ArgoCdEntry } from '../model/server-settings.ts';
import { authorityOf } from './authority.ts';
import type { ServiceOptions } from './context.ts';
import { type FilePlace, secretOf } from './file-forges.ts';

type ArgoCd = NonNullable<ServiceOptions['argocd']>;

/** The Argo CD of a server's file, its token and authority read. Throws `FairleadError` `usage` for what cannot be had. */
export async function argocdHome({ cluster, namespace, api }: ArgoCdEntry, place: FilePlace): Promise<ArgoCd> {
  if (api === null) return { cluster, namespace, api };
  const { url, caFile } = api;
  const token = await secretOf(api.token, 'argocd.token', place);
  if (token === null) throw new Error('an API has a token: checked before');
  const ca = caFile === null ? null : await authorityOf(resolve(place.folder, caFile), 'argocd.caFile');
  return { cluster, namespace, api: { url, token, ca } };
}

/** Whether it has a cluster that may be read: not where its API alone is named, by whoever runs in no cluster. */
export function isRead(
  { cluster, api }: Pick<ArgoCdEntry, 'cluster'> & { readonly api: object | null },
  { podServer }: Pick<ServiceOptions['routes'], 'podServer'>,
): boolean {
  return api === null || cluster !== null || podServer !== null;
}
