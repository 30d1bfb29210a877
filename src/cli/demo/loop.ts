import type { PretendRepository } from '../../pretend/github/repository.ts';
import { type Teller, waitFor } from './teller.ts';
import { clusters, scaleByHand, type World } from './world.ts';

/** What the second half of the tour is played on. */
export interface Loop {
  readonly world: World;
  readonly repository: PretendRepository;
  readonly teller: Teller;
  /** The pull that was reviewed. */
  readonly pull: number;
}

/** The pull is approved and merged; prod breaks; the change is taken back; somebody edits the cluster by hand. */
export async function playLoop(loop: Loop): Promise<void> {
  const { teller, pull } = loop;
  await approve(loop, pull);
  await merge(loop, pull);
  await teller.shows('3-deploy.md', () => said(loop, pull, /^### ⛔ Deploy failed in `prod` · \d/m));
  await teller.shows('4-failure.md', () => said(loop, pull, /^### ⛔ Deploy failed in .*revert pull/m));
  const revert = await waitFor('the revert', () =>
    loop.repository.pulls().find(({ headRef }) => headRef.startsWith('fairlead/revert-')),
  );
  await teller.shows('5-revert-pull.md', () => `# ${revert.title}\n\n${revert.body}`);
  await waitFor('the review of the revert', () => said(loop, revert.number, /^### .*on merge/m));
  await approve(loop, revert.number);
  await merge(loop, revert.number);
  await teller.shows('6-healthy.md', () => said(loop, revert.number, /^### ✅ Deployed/m));
  await drift(loop);
}

async function approve({ repository, teller }: Loop, pull: number): Promise<void> {
  // GitHub counts whole seconds: an approval counts for a review that is older.
  const now = Math.floor(Date.now() / 1000);
  await waitFor('the next second', () => (Math.floor(Date.now() / 1000) > now ? true : undefined));
  await repository.addComment(pull, 'sre-anna', '/fairlead approve staging');
  teller.says('sre-anna', `writes /fairlead approve staging on #${pull}`);
  await waitFor('the answer', () => repository.comments(pull).find(({ body }) => body.includes('is approved at')));
}

async function merge({ repository, teller }: Loop, pull: number): Promise<void> {
  await repository.mergePull(pull, { by: 'octo-dev' });
  teller.says('octo-dev', `merges #${pull}; staging is deployed, then prod`);
}

async function drift({ world, repository, teller }: Loop): Promise<void> {
  await scaleByHand(world.apiServers.prod, 9);
  teller.says('Somebody', `scales checkout in ${clusters.prod} to 9 by hand`);
  const board = (pattern: RegExp) => repository.issues().find(({ body }) => pattern.test(body));
  await teller.shows('7-drift-board.md', () => {
    const found = board(/spec\.replicas/);
    return found === undefined ? undefined : `# ${found.title}\n\n${found.body}`;
  });
  const issue = board(/spec\.replicas/);
  const [id] = /d-[0-9a-f]{8}/.exec(issue?.body ?? '') ?? [];
  await repository.addComment(issue?.number ?? 0, 'sre-anna', `/fairlead heal ${id}`);
  teller.says('sre-anna', `writes /fairlead heal ${id} on the board`);
  await waitFor('the board to be in sync', () => (board(/spec\.replicas/) === undefined ? true : undefined));
  teller.did('Git is back in the cluster');
}

function said({ repository }: Loop, pull: number, pattern: RegExp): string | undefined {
  return repository.comments(pull).find(({ byApp, body }) => byApp && pattern.test(body))?.body;
}
