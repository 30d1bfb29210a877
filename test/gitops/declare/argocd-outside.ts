import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isJsonObject, type Json, pickText } from '../../../src/model/json.ts';

/** What generators of Argo CD ask beyond its cluster: a plugin, a GitHub, a GitLab and a Gitea of a few answers each. */
export interface Outside {
  readonly url: string;
  /** What the plugin was asked, as `NAME {parameters}`. */
  readonly asked: readonly string[];
  close(): Promise<void>;
}

/** The token that the plugin wants. */
export const pluginToken = 'only-the-plugin-knows';

/** Starts it on loopback. */
export async function serveOutside(): Promise<Outside> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    const isAllowed = request.headers.authorization === `Bearer ${pluginToken}`;
    const body = path === pluginPath && isAllowed ? pluginAnswer(await jsonOf(request), asked) : forges[path];
    response.writeHead(body === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body ?? { message: 'no such thing' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo; // It listens on a port, not on a pipe.
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  };
  return { url: `http://127.0.0.1:${port}`, asked, close };
}

async function jsonOf(request: IncomingMessage): Promise<Json> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer); // Without an encoding the stream gives buffers.
  return JSON.parse(Buffer.concat(chunks).toString());
}

const pluginPath = '/api/v1/getparams.execute';

/** As many odd values as an answer may hold; the parameter `team` chooses among them. */
function pluginAnswer(question: Json, asked: string[]): Json {
  const input = isJsonObject(question) ? question['input'] : undefined;
  const parameters = isJsonObject(input) ? (input['parameters'] ?? null) : null;
  asked.push(`${pickText(question, 'applicationSetName')} ${JSON.stringify(parameters)}`);
  const team = pickText(parameters, 'team') ?? 'none';
  const sets = [
    { team, name: 'one', deep: { er: { value: 'v' } }, list: ['x', { y: 'z' }], big: 12345678, ratio: 0.5, on: true },
    { team, name: 'two', none: null, empty: {}, text: 'a "quoted" <b>&\u2028é', huge: 1.2e21 },
  ];
  return { output: { parameters: sets } };
}

const pull = { number: 7, title: 'Add "it" <now>', user: { login: 'ann' }, html_url: 'https://forge.example/7' };

/** Answers by path. */
const forges: Readonly<Record<string, Json>> = {
  '/api/v3/repos/acme/shop/pulls': [
    {
      ...pull,
      head: { ref: 'feature/Big_Thing', sha: '0123456789abcdef0123456789abcdef01234567' },
      base: { ref: 'main' },
      labels: [{ name: 'preview' }, { name: 'big' }],
    },
    {
      ...pull,
      number: 8,
      head: { ref: 'fix', sha: 'abc' },
      base: { ref: 'release/1.0' },
      labels: [{ name: 'preview' }],
    },
  ],
  '/api/v4/projects/acme%2Fshop/merge_requests': [
    {
      iid: 3,
      title: 'Bump',
      source_branch: 'bump_it',
      target_branch: 'main',
      sha: 'fedcba9876543210fedcba9876543210fedcba98',
      labels: [],
      author: { username: 'bob' },
    },
  ],
  '/api/v1/version': { version: '1.22.0' },
  '/api/v1/orgs/acme/repos': [
    {
      id: 11,
      name: 'shop',
      default_branch: 'main',
      owner: { login: 'acme' },
      clone_url: 'https://forge.example/acme/shop.git',
      ssh_url: 'git@forge.example:acme/shop.git',
    },
    {
      id: 12,
      name: 'blog',
      default_branch: 'Trunk_1',
      owner: { login: 'acme' },
      clone_url: 'https://forge.example/acme/blog.git',
      ssh_url: 'git@forge.example:acme/blog.git',
    },
  ],
  '/api/v1/repos/acme/shop/labels': [{ name: 'team-a' }, { name: 'web' }],
  '/api/v1/repos/acme/blog/labels': [],
  '/api/v1/repos/acme/shop/branches/main': { name: 'main', commit: { id: '1111111111111111111111111111111111111111' } },
  '/api/v1/repos/acme/blog/branches/Trunk_1': { name: 'Trunk_1', commit: { id: '22' } },
};
