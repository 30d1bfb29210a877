import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What a small API server knows of one bearer token. */
export interface Identity {
  readonly user: string;
  /** Verbs it may use on everything. */
  readonly verbs: readonly string[];
  /** Whether an admission policy lets it only dry-run. */
  readonly isHeld: boolean;
}

/** An API server that says who one is and what one may, and holds one ConfigMap. */
export interface SmallCluster {
  readonly url: string;
  /** Bearer token -> who that is. Whoever is missing is refused with 401. */
  readonly identities: Map<string, Identity>;
  /** `METHOD path` and token of every request. */
  readonly requests: { readonly line: string; readonly token: string }[];
  /** Milliseconds its clock is behind. */
  behind: number;
  close(): Promise<void>;
}

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Starts one on loopback. */
export async function startSmallCluster(): Promise<SmallCluster> {
  const identities = new Map<string, Identity>();
  const requests: { line: string; token: string }[] = [];
  const server = createServer(async (request, response) => {
    const token = (request.headers.authorization ?? '').replace(/^Bearer /, '');
    requests.push({ line: `${request.method} ${request.url}`, token });
    const { status, body } = reply(request, identities.get(token), await bodyOf(request));
    const date = new Date(Date.now() - cluster.behind).toUTCString();
    response.writeHead(status, { 'content-type': 'application/json', date }).end(JSON.stringify(body));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', () => resolve()));
  const cluster: SmallCluster = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    identities,
    requests,
    behind: 0,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return cluster;
}

async function bodyOf(request: IncomingMessage): Promise<Record<string, never>> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(Buffer.from(chunk));
  return chunks.length === 0 ? {} : JSON.parse(Buffer.concat(chunks).toString('utf8'));
}

function reply(
  request: IncomingMessage,
  identity: Identity | undefined,
  body: Readonly<Record<string, unknown>>,
): Reply {
  if (identity === undefined) return refused(401, 'Unauthorized');
  const path = request.url ?? '';
  if (path === '/version') return { status: 200, body: { gitVersion: 'v1.36.0' } };
  if (path.endsWith('/selfsubjectreviews'))
    return { status: 201, body: { status: { userInfo: { username: identity.user } } } };
  if (path.endsWith('/selfsubjectaccessreviews')) {
    const { spec } = body as { readonly spec: { readonly resourceAttributes: { readonly verb: string } } };
    return { status: 201, body: { status: { allowed: identity.verbs.includes(spec.resourceAttributes.verb) } } };
  }
  if (request.method === 'GET') return { status: 200, body: { kind: 'ConfigMap', apiVersion: 'v1' } };
  if (!identity.verbs.includes('create'))
    return refused(
      403,
      `configmaps is forbidden: User "${identity.user}" cannot create resource "configmaps" in API group ""`,
    );
  if (identity.isHeld)
    return refused(403, "ValidatingAdmissionPolicy 'fairlead-plan-identity' denied request: only dry-run");
  return refused(409, 'configmaps "kube-root-ca.crt" already exists');
}

function refused(status: number, message: string): Reply {
  return { status, body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code: status } };
}
