import { BorderError } from '../../../model/error.ts';
import type { CheckReport, CheckState } from '../forge.ts';
import { remember } from '../remember.ts';
import { type Access, isKind, orNull, readPages } from './access.ts';
import { readLevel } from './people.ts';
import { type Fields, read } from './read.ts';

/** Characters GitLab keeps of a status's description. */
const DESCRIPTION = 255;

/** Tries of a status while GitLab is busy with another one of the same commit. */
const MOST_TRIES = 5;

/** What stands before the title of a check that neither passes nor fails: GitLab has no word for it. */
const NEUTRAL = 'neutral: ';

/** Where a status goes: project, pipeline and the ref GitLab finds the pipeline by. */
interface Place {
  readonly project: number;
  readonly pipeline: number | null;
  readonly ref: string | null;
}

/**
 * Brings the commit status of this name to what the report says. It joins the commit's newest pipeline: a status without
 * one makes GitLab open a second pipeline beside the real one. The title is the description; summary and annotations have
 * no place here, and stand in the comment.
 *
 * For a pull from a fork the status goes to the project's own pipeline of that head, if there is one, else to the fork,
 * whose pipeline the pull shows.
 *
 * @throws BorderError forbidden where the fork does not let us: the comment alone carries the verdict then
 */
export async function reportStatus(access: Access, sha: string, check: CheckReport): Promise<void> {
  const { places, fork } = await findPlaces(access, sha);
  const yields = check.yields === true;
  const said = { sha, name: check.name, state: stateOf(check), description: describe(check), yields };
  for (const place of places) {
    try {
      const status = { ...said, place };
      if (!(await isSaid(access, status))) await post(access, status);
      return;
    } catch (error) {
      if (fork === null || !isRefused(error)) throw error;
    }
  }
  if (fork !== null) throw noStatus(access, sha, fork);
}

/** Whether another project does not let us in, or hides itself from us. */
function isRefused(error: unknown): boolean {
  return isKind(error, 'forbidden', 'not-found', 'unauthorized');
}

function noStatus({ ref }: Access, sha: string, { project }: Fork): BorderError {
  const why = project === null ? 'is gone' : 'lets our user write none';
  return new BorderError({
    code: 'gitlab-fork-status',
    kind: 'forbidden',
    status: 403,
    subject: `${ref.fullName}@${sha}`,
    message: `GitLab wants the status of ${sha.slice(0, 12)} in the fork it comes from, and the fork ${why}`,
    remedy:
      "The comment alone says the verdict. Give the bot's user the role Developer in the fork, or run a pipeline of the merge request in this project, which the status joins.",
  });
}

interface Status {
  readonly sha: string;
  readonly place: Place;
  readonly name: string;
  readonly state: 'running' | 'success' | 'failed';
  readonly description: string;
  /** Whether any status of the name is left as it is. */
  readonly yields: boolean;
}

/** Sends a status, and again while GitLab is busy with another one of the commit: it refuses, and has done nothing. */
async function post(access: Access, status: Status): Promise<void> {
  for (let attempt = 1; ; attempt += 1) {
    const failure = await send(access, status).then(
      () => null,
      (error: unknown) => error,
    );
    if (failure === null || isSoAlready(failure)) return;
    if (!isKind(failure, 'conflict') || attempt >= MOST_TRIES) throw failure;
    await access.clock.sleep(access.pace.retry * attempt * (0.5 + access.clock.random()));
  }
}

/** GitLab refuses to run what runs. */
function isSoAlready(error: unknown): boolean {
  return isKind(error, 'invalid') && /cannot transition status/i.test(error.message);
}

async function send(access: Access, { sha, place, name, state, description }: Status): Promise<void> {
  const answer = await access.client.Commits.editStatus(place.project, sha, state, {
    name,
    description,
    ...(place.ref === null ? {} : { ref: place.ref }),
    ...(place.pipeline === null ? {} : { pipelineId: place.pipeline }),
  });
  const pipeline = read(answer, 'commit status').numberOrNull('pipeline_id');
  if (pipeline !== null) remember(access.memory.pipelines, `${place.project}:${sha}`, pipeline);
}

function stateOf(check: CheckReport): Status['state'] {
  if (check.state === 'running') return 'running';
  return check.conclusion === 'failure' ? 'failed' : 'success';
}

/** The title, cut to what GitLab keeps; a character outside the first plane is not cut in two. */
function describe(check: CheckReport): string {
  const isNeutral = check.state === 'done' && check.conclusion !== 'success' && check.conclusion !== 'failure';
  const text = `${isNeutral ? NEUTRAL : ''}${check.title}`;
  if (text.length <= DESCRIPTION) return text;
  return `${text.slice(0, DESCRIPTION - 1).replace(/[\uD800-\uDBFF]$/, '')}…`;
}

async function isSaid(access: Access, { sha, place, name, state, description, yields }: Status): Promise<boolean> {
  const newest = await newestStatus(access, sha, { project: place.project, name });
  if (yields && newest !== undefined) return true;
  return newest?.text('status') === state && newest.textOrNull('description') === description;
}

/**
 * Whether the newest status of this name on a commit is done, here or in the fork it comes from.
 *
 * @throws BorderError forbidden where it is to be in a fork that does not let us write it
 */
export async function readStatusState(access: Access, sha: string, name: string): Promise<CheckState> {
  const own = await stateIn(access, sha, { project: access.ref.id, name });
  if (own !== 'absent') return own;
  const fork = forkOf(access, await openPullsAt(access, sha));
  if (fork === null) return 'absent';
  if (fork.project === null) throw noStatus(access, sha, fork);
  try {
    const theirs = await stateIn(access, sha, { project: fork.project, name });
    if (theirs !== 'absent' || (await mayWrite(access, fork.project))) return theirs;
  } catch (error) {
    if (!isRefused(error)) throw error;
  }
  throw noStatus(access, sha, fork);
}

/** Statuses want a developer. */
async function mayWrite({ client, ownId }: Access, project: number): Promise<boolean> {
  return (await readLevel(client, project, await ownId())) >= 30;
}

async function stateIn(access: Access, sha: string, place: Parameters<typeof newestStatus>[2]): Promise<CheckState> {
  const newest = await orNull(newestStatus(access, sha, place));
  const state = newest?.text('status');
  if (state === undefined) return 'absent';
  return state === 'running' || state === 'pending' ? 'running' : 'done';
}

async function newestStatus(
  { client }: Access,
  sha: string,
  { project, name }: { readonly project: number; readonly name: string },
): Promise<Fields | undefined> {
  const found = await readPages({
    what: `statuses of ${sha}`,
    pages: 2,
    read: (at) => client.Commits.allStatuses(project, sha, { ...at, name }),
  });
  return found.filter(({ text }) => text('name') === name).toSorted((a, b) => idOf(b) - idOf(a))[0];
}

function idOf(body: Fields): number {
  return body.number('id');
}

async function findPlaces(
  access: Access,
  sha: string,
): Promise<{ readonly places: readonly Place[]; readonly fork: Fork | null }> {
  const own = await ownPipeline(access, sha);
  if (own !== null) return { places: [own], fork: null };
  const pulls = await openPullsAt(access, sha);
  const fork = forkOf(access, pulls);
  if (fork !== null) {
    const { project, branch } = fork;
    return { places: project === null ? [] : [{ project, pipeline: null, ref: branch }], fork };
  }
  const ref = pulls.find((pull) => isNative(access, pull))?.text('source_branch') ?? null;
  const late = await lateCiPipeline(access, sha);
  return { places: [late ?? { project: access.ref.id, pipeline: null, ref }], fork: null };
}

/** Where a head comes from that no open pull has from the project itself. */
interface Fork {
  /** null: it was deleted. */
  readonly project: number | null;
  readonly branch: string;
}

function forkOf(access: Access, pulls: readonly Fields[]): Fork | null {
  const [first] = pulls;
  if (first === undefined || pulls.some((pull) => isNative(access, pull))) return null;
  return { project: first.numberOrNull('source_project_id'), branch: first.text('source_branch') };
}

function isNative({ ref }: Access, pull: Fields): boolean {
  return pull.numberOrNull('source_project_id') === ref.id;
}

/** The commit's newest pipeline in the project itself, or the one our status went to before. */
async function ownPipeline(access: Access, sha: string): Promise<Place | null> {
  const project = access.ref.id;
  const found = await orNull(access.client.Commits.show(project, sha));
  const commit = found === null ? null : read(found, `commit ${sha}`);
  const pipeline = commit?.numberOrNull('last_pipeline', 'id') ?? null;
  if (pipeline !== null) return { project, pipeline, ref: commit?.textOrNull('last_pipeline', 'ref') ?? null };
  const known = access.memory.pipelines.get(`${project}:${sha}`) ?? null;
  return known === null ? null : { project, pipeline: known, ref: null };
}

async function openPullsAt({ client, ref }: Access, sha: string): Promise<readonly Fields[]> {
  const pulls = await readPages({
    what: `merge requests of ${sha}`,
    pages: 2,
    read: async (at) => (await orNull(client.Commits.allMergeRequests(ref.id, sha, at))) ?? [],
  });
  return pulls.filter((pull) => pull.text('state') === 'opened' && pull.textOrNull('sha') === sha);
}

/** A project with CI makes a pipeline some seconds after the push; it is waited for, so that ours does not come first. */
async function lateCiPipeline(access: Access, sha: string): Promise<Place | null> {
  const { client, ref, clock, pace } = access;
  const recent = await readPages({
    what: 'pipelines',
    pages: 1,
    read: async (at) => (await orNull(client.Pipelines.all(ref.id, { ...at, orderBy: 'id', sort: 'desc' }))) ?? [],
  });
  if (!recent.some((pipeline) => pipeline.textOrNull('source') !== 'external')) return null;
  for (let attempt = 0; attempt < 5; attempt += 1) {
    await clock.sleep(pace.settle);
    const found = await ownPipeline(access, sha);
    if (found !== null) return found;
  }
  return null;
}
