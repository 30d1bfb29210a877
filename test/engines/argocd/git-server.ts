import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { serveGit } from '../../../src/pretend/git-http.ts';
import { type TemporaryRepository, temporaryRepository } from '../../world/git/temporary-repository.ts';

/** A repository that is served over HTTP on loopback. */
export interface ServedRepository extends TemporaryRepository {
  readonly url: string;
  /** Whether a commit is in the history of another. */
  isAncestor(commit: string, of: string): boolean;
  close(): Promise<void>;
}

/** Serves a new repository; what is committed to main is there to fetch at once. */
export async function serveRepository(): Promise<ServedRepository> {
  const repository = temporaryRepository();
  const prefix = '/acme/fleet.git';
  const server = createServer((incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://loopback');
    const path = `/.git${url.pathname.slice(prefix.length)}`;
    void serveGit(incoming, outgoing, { projectRoot: repository.path, path, query: url.search.slice(1) });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // listen() on a TCP host always gives an AddressInfo
  const { port } = server.address() as AddressInfo;
  return {
    ...repository,
    url: `http://127.0.0.1:${port}${prefix}`,
    isAncestor: (commit, of) => {
      try {
        repository.git('merge-base', '--is-ancestor', commit, of);
        return true;
      } catch {
        return false; // git says no, or does not know one of them
      }
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      repository.remove();
    },
  };
}
