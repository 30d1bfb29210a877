import type { Annotation, CheckReport, CheckState } from '../forge.ts';
import { type Access, PAGE } from './access.ts';
import { writeOnce } from './client.ts';
import { reportCommitStatus } from './commit-status.ts';
import { calling } from './errors.ts';

/** Annotations GitHub takes in one call; more are appended by further calls. */
export const ANNOTATIONS_PER_CALL = 50;

/** GitHub's limits of an annotation: 255 characters of title, 64 KB of message. */
const TITLE = 255;
const MESSAGE = 16_000;

interface Run {
  readonly id: number;
  readonly isComplete: boolean;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly annotations: number;
}

/**
 * Brings the check of this name on a commit to what the report says. A run that is still open is carried on; a completed
 * one is left alone when it says the same, else a new run takes its place (GitHub shows the newest of a name, and
 * annotations of a run can only be added to). The conclusion goes with the last call, so that no check turns green before
 * its annotations are there; after a crash in between, the calls that arrived are not repeated.
 */
export function reportCheck(access: Access, sha: string, check: CheckReport): Promise<void> {
  return access.oneAtATime(`${access.ref.id} check ${sha}`, async () => {
    await bring(access, sha, check);
    if (check.status === true && check.state === 'done') await reportCommitStatus(access, sha, check);
  });
}

async function bring(access: Access, sha: string, check: CheckReport): Promise<void> {
  const existing = await findRun(access, sha, check.name);
  if (existing !== null && (check.yields === true || saysTheSame(existing, check))) return;
  const carriedOn = toCarryOn(existing, check);
  const batches = batchesOf(check.annotations.slice(carriedOn?.annotations ?? 0));
  let id = carriedOn?.id ?? null;
  for (const [at, batch] of batches.entries()) {
    const isLast = at === batches.length - 1;
    const body = { ...(isLast ? stateOf(check) : open), output: outputOf(check, batch) };
    id = id === null ? await createRun(access, { sha, name: check.name, ...body }) : await editRun(access, id, body);
  }
}

/** Whether our newest run of this name on a commit is done. */
export async function readCheckState(access: Access, sha: string, name: string): Promise<CheckState> {
  const run = await findRun(access, sha, name);
  if (run === null) return 'absent';
  return run.isComplete ? 'done' : 'running';
}

const open = { status: 'in_progress' } as const;

function stateOf(check: CheckReport) {
  if (check.state === 'running') return open;
  return { status: 'completed', conclusion: check.conclusion ?? 'neutral' } as const;
}

function saysTheSame(run: Run, check: CheckReport): boolean {
  const isSameState = run.isComplete
    ? check.state === 'done' && run.conclusion === check.conclusion
    : check.state === 'running';
  return isSameState && isSameText(run, check) && run.annotations === check.annotations.length;
}

/** The run to go on with. An open one without annotations takes anything; with some, only the report it was begun for. */
function toCarryOn(run: Run | null, check: CheckReport): Run | null {
  if (run === null || run.isComplete) return null;
  const isBegun = isSameText(run, check) && run.annotations <= check.annotations.length;
  return run.annotations === 0 || isBegun ? run : null;
}

function isSameText(run: Run, check: CheckReport): boolean {
  return run.title === check.title && run.summary === check.summary;
}

/** At least one batch, so that a report without annotations makes one call. */
function batchesOf(annotations: readonly Annotation[]): readonly (readonly Annotation[])[] {
  const count = Math.max(Math.ceil(annotations.length / ANNOTATIONS_PER_CALL), 1);
  const start = (at: number) => at * ANNOTATIONS_PER_CALL;
  return Array.from({ length: count }, (_, at) => annotations.slice(start(at), start(at + 1)));
}

function outputOf(check: CheckReport, batch: readonly Annotation[]) {
  const annotations = batch.map((annotation) => ({
    path: annotation.file,
    start_line: annotation.line,
    end_line: annotation.line,
    annotation_level: annotation.level,
    title: annotation.title.slice(0, TITLE),
    message: annotation.message.slice(0, MESSAGE),
  }));
  return { title: check.title as string, summary: check.summary as string, annotations };
}

/** The newest run of this name that we made on the commit. */
async function findRun(access: Access, sha: string, name: string): Promise<Run | null> {
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/commits/{ref}/check-runs';
  const { data } = await calling(access.errors, () =>
    client.request(route, { owner, repo, ref: sha, check_name: name, filter: 'latest', per_page: PAGE }),
  );
  const ours = data.check_runs.filter((run) => run.name === name && run.external_id === externalId(name));
  const newest = ours.toSorted((a, b) => Number(b.id) - Number(a.id))[0];
  if (newest === undefined) return null;
  const { title, summary, annotations_count } = newest.output;
  const { id, conclusion } = newest;
  return {
    id: Number(id),
    isComplete: newest.status === 'completed',
    conclusion,
    title,
    summary,
    annotations: annotations_count,
  };
}

type Body = { readonly output: ReturnType<typeof outputOf> } & ReturnType<typeof stateOf>;

async function createRun(
  access: Access,
  spec: Body & { readonly sha: string; readonly name: string },
): Promise<number> {
  const { owner, repo, client } = access;
  const { sha, name, ...body } = spec;
  const facts = { owner, repo, name, head_sha: sha, external_id: externalId(name), ...writeOnce };
  const { data } = await calling(access.errors, () =>
    client.request('POST /repos/{owner}/{repo}/check-runs', { ...facts, ...body }),
  );
  return Number(data.id);
}

async function editRun(access: Access, id: number, body: Body): Promise<number> {
  const { owner, repo, client } = access;
  const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
  await calling(access.errors, () => client.request(route, { owner, repo, check_run_id: id, ...writeOnce, ...body }));
  return id;
}

/** How a run is known as ours when another app uses the same name. */
function externalId(name: string): string {
  return `fairlead:v1:${name}`;
}
