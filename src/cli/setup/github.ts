import { randomBytes } from 'node:crypto';
import { convertManifest } from '../../world/forge/github/app-manifest.ts';
import { defaultPace, type Pace } from '../../world/forge/github/client.ts';
import type { CommandContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { applyNetwork } from '../network.ts';
import { interrupted } from '../stop-server.ts';
import { type Callback, createCallback } from './callback.ts';
import { type Asked, openDoor } from './door.ts';
import { type KeptApp, reserve } from './keep.ts';
import { doneText, waitingText } from './next-steps.ts';
import { donePage, messagePage, type Page, startPage } from './pages.ts';
import { type SetupFlags, type SetupPlan, setupPlan } from './plan.ts';

/**
 * Serves the page until an App is made and kept, or a signal comes. Nothing secret is printed. Throws `FairleadError` `usage` for
 * flags of no use and a folder that cannot be written to, `listen-failed`.
 */
export async function setUpGitHub(flags: SetupFlags, context: CommandContext, pace: Pace = defaultPace): Promise<void> {
  const { terminal, environment, options, signal } = context;
  const plan = setupPlan(flags, environment);
  applyNetwork(options.routes, null);
  await (await reserve(plan)).abandon();
  const state = randomBytes(32).toString('base64url');
  const callback = createCallback({
    state,
    take: (code) => takeApp(code, plan, pace),
    show: (kept) => donePage(plan, kept),
    tell: terminal.err,
  });
  const door = await openDoor(plan, (asked) => answer(asked, { plan, state, callback }));
  for (const line of waitingText(plan, door.url)) terminal.err(line);
  await Promise.race([callback.kept, interrupted(signal)]);
  // An exchange under way goes on to its end: GitHub hands a key out once.
  await door.close();
  const kept = callback.result();
  if (kept !== null) return terminal.out(doneText(plan, kept));
  terminal.err('fairlead: stopped before an App was made; no file was written');
  context.exit(exitCodes.interrupted);
}

interface Surroundings {
  readonly plan: SetupPlan;
  readonly state: string;
  readonly callback: Callback;
}

async function answer({ path, query, origin }: Asked, { plan, state, callback }: Surroundings): Promise<Page> {
  if (path === '/') return startPage(plan, { state, origin });
  if (path === '/callback') return callback.answer(query);
  return messagePage(404, 'There is nothing here', 'Open the address that the terminal shows.');
}

/** The files come first: a code is good once. */
async function takeApp(code: string, plan: SetupPlan, pace: Pace): Promise<KeptApp> {
  const place = await reserve(plan);
  const { baseUrl } = plan;
  const app = await convertManifest(code, { baseUrl, now: () => new Date(), pace }).catch(async (error) => {
    await place.abandon();
    throw error;
  });
  return place.fill(app);
}
