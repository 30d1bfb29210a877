import { pack } from '../archive/pack.ts';
import { digestOf } from '../disk-cache.ts';
import { invalid } from '../faults.ts';
import type { Had } from '../ground.ts';
import type { SourceLimits } from '../limits.ts';
import { faultOf, type SourceHttp } from '../reach/http.ts';

/** The address of a file. Throws `source-invalid`. */
export function fileUrl(text: string): URL {
  const url = URL.parse(text);
  if (url !== null && url.protocol === 'https:' && url.username === '' && url.password === '') return url;
  throw invalid(
    'file',
    'The address of a file is not written as https://HOST/…, without credentials.',
    'Correct it, or copy the file into the repository.',
  );
}

/** Gets a file. Nothing is shown there, since who names files so (kustomize) shows nothing either. */
export async function fileContent(
  url: URL,
  {
    http,
    limits,
    signal,
  }: { readonly http: SourceHttp; readonly limits: Pick<SourceLimits, 'fileBytes'>; readonly signal: AbortSignal },
): Promise<Had> {
  const answer = await http.get({ url, maxBytes: limits.fileBytes, signal });
  if (answer.status === 401) throw faultOf(answer.url, 401, null);
  const { body } = answer;
  const bytes = await pack(new Map([['remote.yaml', { mode: '100644', bytes: body }]]));
  const digest = digestOf(body);
  return { bytes, resolved: digest, digest, layout: 'commit', isPinned: namesCommit(url) };
}

/** Whether an address holds a full commit id, as those of forges for a file at a commit do. */
export function namesCommit({ pathname, search }: URL): boolean {
  return /[/=](?:[0-9a-f]{40}|[0-9a-f]{64})(?=[/&]|$)/.test(pathname) || /=[0-9a-f]{40}(?=&|$)/.test(search);
}
