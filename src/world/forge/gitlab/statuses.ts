import type { CheckReport, CheckState } from '../forge.ts';
import { remember } from '../remember.ts';
import { type Access, isKind, orNull, readPages } from './access.ts';
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
 * whose pipeline the pull shows. Where neither lets us, the comment alone carries the verdict.
 */
export async function reportStatus(access: Access, sha: string, check: CheckReport): Promise<void> {
  const { places, fromFork } = await findPlaces(access, sha);
  const yields = check.yields === true;
  const said = { sha, name: check.name, state: stateOf(check), description: describe(check), yields };
  for (const place of places) {
    try {
      const status = { ...said, place };
      if (!(await isSaid(access, status))) await post(access, status);
      return;
    } catch (error) {
      if (!fromFork || !isKind(error, 'forbidden', 'not-found', 'unauthorized')) throw error;
      access.logger.warn({ sha, project: place.project, reason: error.message }, 'no status on a head from a fork');
    }
  }
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

/** Whether the newest status of this name on a commit is done. One that went to a fork is not looked for. */
export async function readStatusState(access: Access, sha: string, name: string): Promise<CheckState> {
  const newest = await orNull(newestStatus(access, sha, { project: access.ref.id, name }));
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
): Promise<{ readonly places: readonly Place[]; readonly fromFork: boolean }> {
  const project = access.ref.id;
  const own = await ownPipeline(access, sha);
  if (own !== null) return { places: [own], fromFork: false };
  const pulls = await openPullsAt(access, sha);
  const native = pulls.find((pull) => pull.numberOrNull('source_project_id') === project);
  const fork = pulls.find((pull) => pull.numberOrNull('source_project_id') !== project);
  if (fork !== undefined && native === undefined) {
    const source = fork.numberOrNull('source_project_id');
    const place = { project: source ?? 0, pipeline: null, ref: fork.text('source_branch') };
    return { places: source === null ? [] : [place], fromFork: true };
  }
  const ref = native?.text('source_branch') ?? null;
  const late = await lateCiPipeline(access, sha);
  return { places: [late ?? { project, pipeline: null, ref }], fromFork: false };
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
