import type { Redactor } from '../formats/redaction/redactor.ts';
import type { ArgoCdApi } from '../model/argocd-api.ts';
import { openArgoCd } from '../world/argocd/open-argocd.ts';
import type { ServiceOptions } from './context.ts';

/** The API of the Argo CD that the server's file names, its token learned; null where it names none. Throws `FairleadError` `argocd-url`. */
export function argocdApi(
  { argocd, routes }: Pick<ServiceOptions, 'argocd' | 'routes'>,
  { learn }: Pick<Redactor, 'learn'>,
): ArgoCdApi | null {
  const api = argocd?.api ?? null;
  return api === null ? null : openArgoCd({ ...api, learn, proxies: routes.proxies });
}
