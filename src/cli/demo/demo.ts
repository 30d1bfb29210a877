import { mkdir, writeFile } from 'node:fs/promises';
import { join, relative, resolve } from 'node:path';
import type { PretendRepository } from '../../pretend/github/repository.ts';
import { type CommandContext, workingDirectory } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { readStory } from './story.ts';
import { clusters, scaleByHand, startWorld, type World } from './world.ts';

/** Longest wait for one review, in milliseconds. */
const reviewDeadline = 60_000;

const webhookSecret = 'demo-9f3c2e1b77aa01c0';

/** Plays the tour: the bot itself, on a pretend GitHub and two pretend clusters. Leaves the comments as files. */
export async function runDemo(keep: string | null, context: CommandContext): Promise<void> {
  const { out, paint } = context.terminal;
  const story = readStory();
  out(
    `${paint('bold', 'fairlead demo')} — a pretend GitOps repository (3 applications), two pretend clusters, a pretend GitHub. Nothing leaves this machine.\n\n`,
  );
  const time = stopwatch();
  const options = { ...context.options, logLevel: 'silent' };
  const world = await startWorld(story, { options, createServices: context.createServices, signal: context.signal });
  out(`✔ the clusters ${Object.values(clusters).join(' and ')} hold what main says${time()}\n`);
  const server = await world.services.serve(serveRun(world));
  try {
    world.github.hooks.deliverTo(`${server.url}/hooks/github`, webhookSecret);
    await scaleByHand(world.apiServers.prod, 9);
    out(`✔ the bot listens; someone has scaled checkout in ${clusters.prod} by hand to 9${time()}\n\n`);
    await playPull(world, {
      folder: resolve(workingDirectory(context.environment, undefined), keep ?? 'fairlead-demo'),
      context,
      time,
    });
  } finally {
    await server.stop();
    await world.close();
  }
  context.exit(exitCodes.ok);
}

interface Play {
  readonly folder: string;
  readonly context: CommandContext;
  readonly time: () => string;
}

async function playPull(world: World, { folder, context, time }: Play): Promise<void> {
  const { out, paint } = context.terminal;
  const story = readStory();
  const repository = await world.github.createRepo({ owner: 'acme', name: 'shop' });
  repository.setRole('octo-dev', 'write');
  await repository.commit('main', story.base, 'what runs');
  await repository.commit('checkout-2.10', story.open.files, story.open.title);
  const pull = await repository.openPull({ title: story.open.title, author: 'octo-dev', head: 'checkout-2.10' });
  out(`${paint('bold', `Pull #${pull} "${story.open.title}"`)} is opened by octo-dev\n`);
  const opened = await reviewed(repository, pull, await repository.refSha('refs/heads/checkout-2.10'));
  out(`${excerpt(opened)}\n${paint('dim', `reviewed${time()}`)}\n\n`);
  const head = await repository.pushToPull(pull, story.fixed.files, story.fixed.title);
  out(`${paint('bold', `octo-dev pushes "${story.fixed.title}"`)}; the same comment is updated\n`);
  const fixed = await reviewed(repository, pull, head);
  out(`${excerpt(fixed)}\n${paint('dim', `reviewed${time()}`)}\n\n`);
  await mkdir(folder, { recursive: true });
  await Promise.all([writeFile(join(folder, '1-opened.md'), opened), writeFile(join(folder, '2-fixed.md'), fixed)]);
  const shown = relative(workingDirectory(context.environment, undefined), folder) || '.';
  out(
    `Nothing was written to the clusters: every prediction was a dry-run.\nRead the comments: ${join(shown, '1-opened.md')}, ${join(shown, '2-fixed.md')}\n`,
  );
  out(
    'Now yours:         npm --prefix FAIRLEAD run --silent fairlead -- review main..HEAD   (typed in your GitOps repository)\n',
  );
}

/** Waits until the check of a commit is done, and gives the comment's body as it stands then. */
async function reviewed(repository: PretendRepository, pull: number, head: string | null): Promise<string> {
  const until = Date.now() + reviewDeadline;
  while (Date.now() < until) {
    const done = repository.checkRuns(head ?? '').some((check) => check.status === 'completed');
    const [comment] = repository.comments(pull);
    if (done && comment !== undefined) return comment.body;
    await new Promise((resolveLater) => setTimeout(resolveLater, 20));
  }
  throw new Error(`the review of ${head} did not come within ${reviewDeadline / 1000} s`);
}

/** The part of a comment that is read first: verdict, findings, table. */
function excerpt(body: string): string {
  const [top = ''] = body.split('<details>');
  const lines = top.split('\n').filter((line) => !line.startsWith('<!--') && line.trim() !== '');
  return lines.map((line) => `  ${line}`).join('\n');
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
  };
}

/** Tells the milliseconds since it was asked last. */
function stopwatch(): () => string {
  let last = performance.now();
  return () => {
    const [before, now] = [last, performance.now()];
    last = now;
    return `  (${Math.round(now - before)} ms)`;
  };
}
