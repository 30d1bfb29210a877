/** 12 KB, of a comment that asks nothing of Fairlead: it is kept, acknowledged, understood and dropped. */
export function quietComment(): Buffer {
  const user = { id: 7, login: 'somebody', type: 'User' };
  return Buffer.from(
    JSON.stringify({
      action: 'created',
      issue: { number: 1, pull_request: {}, user },
      comment: { id: 1, body: 'Looks good to me. '.repeat(640), user, created_at: '2026-01-01T00:00:00Z' },
      repository: { id: 900_001, name: 'gitops', full_name: 'acme/gitops', owner: { id: 1, login: 'acme' } },
      installation: { id: 1 },
      sender: user,
    }),
  );
}
