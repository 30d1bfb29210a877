import { isJsonObject, type Json, type JsonObject, pick, pickText } from '../../../model/json.ts';
import { secretUnfit } from '../faults.ts';
import { isSameRegistry } from '../oci/reference.ts';
import type { Credentials } from './credentials.ts';

/** The key of a Secret of type `kubernetes.io/dockerconfigjson`. */
export const dockerKey = '.dockerconfigjson';

/** What a configuration of Docker says of a host (`auths`). Entries for a part of a registry are left out. Throws `source-secret`. */
export function dockerCredentials(
  text: string,
  { subject, host }: { readonly subject: string; readonly host: string },
): Omit<Credentials, 'ca'> {
  const auths = pick(parse(text, subject), 'auths');
  const entries = isJsonObject(auths) ? Object.entries(auths) : [];
  const found = entries.find(([key]) => isSameRegistry(hostOf(key), host));
  if (found === undefined)
    throw secretUnfit(subject, `has nothing for ${host} in ${dockerKey}`, 'Add that host to it.');
  const [, entry] = found;
  const token = pickText(entry, 'registrytoken') || null;
  if (token !== null) return { username: null, password: null, token };
  const [username, password] = pairOf(entry);
  if (username !== '' && password !== '') return { username, password, token: null };
  const why = pickText(entry, 'identitytoken') ? 'an identity token, which is not understood' : 'no password';
  throw secretUnfit(
    subject,
    `has ${why} for ${host} in ${dockerKey}`,
    'Put a user name and a password or token there.',
  );
}

/** Keys may be written as URLs; a path other than that of the API names a part of a registry. */
function hostOf(key: string): string {
  const url = URL.parse(/^https?:\/\//.test(key) ? key.replace(/^http:/, 'https:') : `https://${key}`);
  return url !== null && /^\/(?:v[12]\/?)?$/.test(url.pathname) ? url.host : '';
}

function pairOf(entry: Json): readonly [username: string, password: string] {
  const auth = Buffer.from(pickText(entry, 'auth') ?? '', 'base64').toString('utf8');
  const end = auth.indexOf(':');
  if (end > 0) return [auth.slice(0, end), auth.slice(end + 1)];
  return [pickText(entry, 'username') ?? '', pickText(entry, 'password') ?? ''];
}

function parse(text: string, subject: string): JsonObject {
  try {
    const value: Json = JSON.parse(text);
    if (isJsonObject(value)) return value;
  } catch {
    // Said below: the parser's words may quote a password.
  }
  throw secretUnfit(subject, `holds no JSON object in ${dockerKey}`, 'Make it anew with kubectl create secret.');
}
