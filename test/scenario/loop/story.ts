import { expect } from '@jest/globals';
import type { Thread } from '../../../src/model/repo.ts';
import { until } from '../../support/until.ts';
import { eventually } from './eventually.ts';
import type { Hands } from './forges.ts';
import { overlay, type RepositorySpec, repositoryFiles } from './repository.ts';

/** What the story is played on. */
export interface Stage {
  readonly hands: Hands;
  readonly spec: RepositorySpec;
  /** Something to do between two steps, such as a restart of the bot. */
  readonly between: (step: string) => Promise<void>;
  /** The image a Deployment of an environment runs in the cluster. */
  readonly liveImage: (environment: 'staging' | 'prod') => Promise<string | null>;
}

/** What the end of the story needs beside that: somebody who edits live objects. */
export interface HandsOn {
  edit(environment: 'staging' | 'prod', patch: object): Promise<void>;
  live(environment: 'staging' | 'prod'): Promise<{ readonly spec: { readonly replicas: number } } | null>;
}

const pullThread = (number: number): Thread => ({ kind: 'pull', number });
const patience = 90_000;

/** The headline of a pull whose deployments all ended well. */
const healthy = /^### ✅ Deployed to 2 targets, all healthy/m;

/** The comment of the bot on a thread that matches; waits for it. */
export function said(hands: Hands, thread: Thread, pattern: RegExp): Promise<string> {
  return until(
    `a comment that says ${String(pattern)} on ${thread.kind} ${thread.number}`,
    () => hands.comments(thread).find(({ author, body }) => author !== 'maintainer' && pattern.test(body))?.body,
    patience,
  ).catch((error: unknown) => {
    const bodies = hands.comments(thread).map(({ author, body }) => `--- ${author}\n${body}`);
    throw new Error(`${String(error)}\nThere is:\n${bodies.join('\n')}`);
  });
}

/** Opens a pull and waits for its review. */
export async function openReviewed(
  stage: Pick<Stage, 'hands'>,
  branch: string,
  files: Parameters<Hands['commit']>[1],
  title: string,
) {
  const { hands } = stage;
  const head = await hands.commit(branch, files, title);
  const pull = await hands.openPull({ head: branch, title, author: 'developer' });
  await until(`the check of ${title}`, () => hands.check(head) ?? undefined, patience);
  const review = await said(hands, pullThread(pull), /^### .*on merge/m);
  return { pull, head, review };
}

/** A maintainer writes a command; the reply of the bot. Forges count whole seconds: the plan must be older than the comment. */
export async function command(hands: Hands, thread: Thread, text: string): Promise<string> {
  await nextSecond();
  const before = hands.comments(thread).length;
  await hands.comment(thread, 'maintainer', text);
  return until(
    `an answer to ${text}`,
    () =>
      hands
        .comments(thread)
        .slice(before + 1)
        .find(({ author }) => author !== 'maintainer')?.body,
    patience,
  );
}

/** A bot that was ended when it had just shown its review may not know so yet: it says to look again and repeat the command. */
async function approve(hands: Hands, thread: Parameters<typeof command>[1]): Promise<void> {
  await eventually('an approval', async () => {
    const answer = await command(hands, thread, '/fairlead approve staging');
    if (/is approved at/.test(answer)) return true;
    expect(answer).toContain('Look again, then repeat the command');
    return undefined;
  });
}

function nextSecond(): Promise<void> {
  const start = Math.floor(Date.now() / 1000);
  return until('the next second', () => (Math.floor(Date.now() / 1000) > start + 1 ? true : undefined)).then(
    () => undefined,
  );
}

/** Lays the repository down and brings its first version into both environments. */
export async function begin(stage: Stage): Promise<void> {
  const { hands, spec } = stage;
  hands.role('developer', 'write');
  hands.role('maintainer', 'maintain');
  await hands.commit('main', repositoryFiles(spec), 'lay down the repository');
  const files = {
    ...overlay('staging', spec.namespaces.staging, '1.1.0'),
    ...overlay('prod', spec.namespaces.prod, '1.1.0'),
  };
  const { pull } = await openReviewed(stage, 'first', files, 'checkout 1.1.0');
  await approve(hands, pullThread(pull));
  await hands.mergePull(pull, 'maintainer');
  await said(hands, pullThread(pull), healthy);
}

/** The story from a pull that changes an image to a cluster that is healthy again. */
export async function play(stage: Stage): Promise<{ readonly revert: number }> {
  const { hands, spec, between } = stage;
  const { staging, prod } = spec.namespaces;
  const files = { ...overlay('staging', staging, '1.2.0'), ...overlay('prod', prod, '1.2.0', 'CrashLoopBackOff') };
  const { pull, review } = await openReviewed(stage, 'second', files, 'checkout 1.2.0');
  expect(review).toContain('1.2.0');
  await between('reviewed');

  await approve(hands, pullThread(pull));
  await between('approved');

  await hands.mergePull(pull, 'maintainer');
  await between('merged');

  await said(hands, pullThread(pull), /staging.*✅ Healthy/);
  expect(await stage.liveImage('staging')).toBe('registry.example/checkout:1.2.0');
  await between('staging healthy');

  const failure = await said(hands, pullThread(pull), /^### ⛔ Deploy failed in `prod` /m);
  expect(failure).toContain('CrashLoopBackOff');
  await between('prod failed');

  const revert = await until(
    'the revert pull',
    () => hands.pulls().find(({ head, state }) => head.startsWith('fairlead/revert-') && state === 'open'),
    patience,
  );
  expect(revert.body).toContain('1.1.0');
  await between('revert opened');

  const head = await hands.head(revert.head);
  await until('the check of the revert', () => hands.check(head ?? '') ?? undefined, patience);
  await approve(hands, pullThread(revert.number));
  await hands.mergePull(revert.number, 'maintainer');
  await between('revert merged');

  const told = await said(hands, pullThread(revert.number), healthy);
  expect(told).toMatch(/recovered from D-\d+ after \d+ s/);
  expect(await stage.liveImage('prod')).toBe('registry.example/checkout:1.1.0');
  return { revert: revert.number };
}

/** Milliseconds until the board names what somebody did by hand. */
export async function seeDrift(
  { hands }: Pick<Stage, 'hands'>,
  clusters: HandsOn,
  replicas: number,
): Promise<{ readonly board: number; readonly id: string; readonly milliseconds: number }> {
  const edited = Date.now();
  await clusters.edit('prod', { spec: { replicas } });
  const board = await until(
    `${replicas} replicas on the drift board`,
    () => hands.issues().find(({ body }) => body.includes('spec.replicas') && body.includes(`\`${replicas}\``)),
    patience,
  );
  const milliseconds = Date.now() - edited;
  const row = board.body.split('\n').find((line) => line.includes('spec.replicas')) ?? '';
  expect(row).toContain('kubectl-edit');
  expect(row).toMatch(/\d{4}-\d{2}-\d{2} \d{2}:\d{2}:\d{2} UTC/);
  const id = /heal (d-[0-9a-f]{8})/.exec(row)?.[1] ?? '';
  return { board: board.number, id, milliseconds };
}

/** The end of the story: a live object is edited by hand, the board tells, and a command on it puts Git back. */
export async function healDrift(stage: Stage, clusters: HandsOn): Promise<{ readonly milliseconds: number }> {
  const { hands, between } = stage;
  const { board, id, milliseconds } = await seeDrift(stage, clusters, 5);
  await between('drift seen');

  const answer = await command(hands, { kind: 'issue', number: board }, `/fairlead heal ${id}`);
  expect(answer).toMatch(/puts .* back to what Git says/);
  await between('heal asked');

  await inSync(stage);
  expect((await clusters.live('prod'))?.spec.replicas).toBe(2);
  return { milliseconds };
}

/** Waits until the board says that nothing drifted. */
export function inSync({ hands }: Pick<Stage, 'hands'>): Promise<string> {
  return until(
    'a board that says in sync',
    () => hands.issues().find(({ body }) => /\*\*No drift seen in \d+ target/.test(body))?.body,
    patience,
  ).catch((error: unknown) => {
    throw new Error(
      `${String(error)}\nThere is:\n${hands
        .issues()
        .map(({ body }) => body)
        .join('\n')}`,
    );
  });
}

/** Another end: what somebody did by hand becomes Git's word by a pull. */
export async function adoptDrift(
  stage: Stage,
  drift: { readonly board: number; readonly id: string },
): Promise<number> {
  const { hands } = stage;
  const answer = await command(hands, { kind: 'issue', number: drift.board }, `/fairlead adopt ${drift.id}`);
  expect(answer).toMatch(/opens a pull that brings the live value/);
  const adopt = await until(
    'the adopt pull',
    () => hands.pulls().find(({ head, state }) => head.startsWith('fairlead/adopt-') && state === 'open'),
    patience,
  );
  expect(adopt.body).toContain('spec.replicas');
  // It changes nothing in the cluster, so the review is a green check without a comment.
  const head = await hands.head(adopt.head);
  await until('the check of the adopt pull', () => hands.check(head ?? '') ?? undefined, patience);
  await hands.mergePull(adopt.number, 'maintainer');
  await said(hands, pullThread(adopt.number), /^### ✅ Deployed to \d+ targets?, all healthy/m);
  await inSync(stage);
  return adopt.number;
}
