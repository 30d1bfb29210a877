import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { PretendRepository } from '../../pretend/github/repository.ts';
import { type CommandContext, workingDirectory } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { playLoop } from './loop.ts';
import { readStory, type Story } from './story.ts';
import { createTeller, type Teller } from './teller.ts';
import { clusters, startWorld, type World } from './world.ts';

const webhookSecret = 'demo-9f3c2e1b77aa01c0';

/** Plays the tour: the bot itself, on a pretend GitHub and two pretend clusters. Leaves the comments as files. */
export async function runDemo(keep: string | null, context: CommandContext): Promise<void> {
  const { out, paint } = context.terminal;
  const story = readStory();
  out(
    `${paint('bold', 'fairlead demo')} — a pretend GitOps repository (3 applications), two pretend clusters, a pretend GitHub. Nothing leaves this machine.\n\n`,
  );
  const folder = resolve(workingDirectory(context.environment, undefined), keep ?? 'fairlead-demo');
  await mkdir(folder, { recursive: true });
  const teller = createTeller(context.terminal, (name, text) => writeFile(join(folder, name), text));
  const options = { ...context.options, logLevel: 'silent' };
  const world = await startWorld(story, { options, createServices: context.createServices, signal: context.signal });
  teller.did(`the clusters ${Object.values(clusters).join(' and ')} hold what main says`);
  const server = await world.services.serve(serveRun(world));
  try {
    await playAll(world, story, { teller, server: server.url });
  } finally {
    await server.stop();
    await world.close();
  }
  const shown = relative(workingDirectory(context.environment, undefined), folder) || '.';
  out(`Read the comments: ${teller.written.map((name) => join(shown, name)).join(', ')}\n`);
  out(
    'Now yours:         npm --prefix FAIRLEAD run --silent fairlead -- review main..HEAD   (typed in your GitOps repository)\n',
  );
  context.exit(exitCodes.ok);
}

async function playAll(
  world: World,
  story: Story,
  { teller, server }: { readonly teller: Teller; readonly server: string },
): Promise<void> {
  const repository = await world.github.createRepo({ owner: 'acme', name: 'shop' });
  repository.setRole('octo-dev', 'write');
  repository.setRole('sre-anna', 'maintain');
  await repository.commit('main', { ...story.base, ...story.settings }, 'what runs');
  // Fairlead is switched on in a repository whose state runs already.
  world.github.hooks.deliverTo(`${server}/hooks/github`, webhookSecret);
  const pull = await playReview(repository, story, teller);
  await playLoop({ world, repository, teller, pull });
}

/** A pull is opened, told what is wrong with it, and mended. */
async function playReview(repository: PretendRepository, story: Story, teller: Teller): Promise<number> {
  await repository.commit('checkout-2.10', story.open.files, story.open.title);
  const pull = await repository.openPull({ title: story.open.title, author: 'octo-dev', head: 'checkout-2.10' });
  teller.says(`Pull #${pull} "${story.open.title}"`, 'is opened by octo-dev');
  const first = await repository.refSha('refs/heads/checkout-2.10');
  await teller.shows('1-opened.md', () => reviewOf(repository, pull, first));
  const head = await repository.pushToPull(pull, story.fixed.files, story.fixed.title);
  teller.says(`octo-dev pushes "${story.fixed.title}"`, '; the same comment is updated');
  await teller.shows('2-fixed.md', () => reviewOf(repository, pull, head));
  return pull;
}

/** The review of a head, once its check is done. */
function reviewOf(repository: PretendRepository, pull: number, head: string | null): string | undefined {
  const isDone = repository.checkRuns(head ?? '').some((check) => check.status === 'completed');
  return isDone ? repository.comments(pull)[0]?.body : undefined;
}

function serveRun(world: World) {
  const { id, privateKey } = world.github.app;
  return {
    clusters: Object.entries(clusters).map(([environment, name]) => `${environment}=${name}`),
    environment: null,
    host: '127.0.0.1',
    port: 0,
    dataDir: join(world.dir, 'data'),
    github: { appId: String(id), privateKey, webhookSecrets: [webhookSecret], baseUrl: world.github.apiUrl },
    gitlab: null,
    // What waits for minutes in production waits for a moment here; the pretend GitHub has no limits to respect.
    pace: { soak: 200, look: 100, forgeWrites: 0, pushes: 0 },
  };
}
