/** What a server is shown, and who vouches for it. */
export interface Credentials {
  readonly username: string | null;
  readonly password: string | null;
  /** Sent as a bearer token; without a user name. */
  readonly token: string | null;
  /** PEM of the authority that vouches for it; null: the public ones. */
  readonly ca: string | null;
}

/** Value of the `Authorization` header; null where there is nothing to show. */
export function headerOf({ username, password, token }: Credentials): string | null {
  if (token !== null) return `Bearer ${token}`;
  if (username === null || password === null) return null;
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The secret texts among them, in every form they are sent in. */
export function secretsOf(credentials: Credentials): readonly string[] {
  const { password, token } = credentials;
  const sent = headerOf(credentials)?.replace(/^\S+ /, '') ?? null;
  return [password, token, sent].filter((value) => value !== null);
}
