import type { Annotation, CheckReport, CheckState } from '../forge.ts';
import { type Access, PAGE } from './access.ts';
import { writeOnce } from './client.ts';
import { reportCommitStatus } from './commit-status.ts';
import { calling, failedWith } from './errors.ts';
import { ANNOTATIONS_PER_CALL } from './limits.ts';

/** GitHub's limits of an annotation: 255 characters of title, 64 KB of message. */
const TITLE = 255;
const MESSAGE = 16_000;

interface Run {
  readonly id: number;
  readonly isComplete: boolean;
  readonly conclusion: string | null;
  readonly title: string | null;
  readonly summary: string | null;
  readonly text: string | null;
  readonly annotations: number;
}

/**
 * Brings the check of this name on a commit to what the report says. A run that is still open is carried on. A completed
 * one is left alone when it says the same, and corrected when it is judged again; it cannot be opened again, so where it
 * is to run, or has other annotations (they can only be added to), or GitHub keeps its conclusion, a new run takes its
 * place: GitHub shows the newest of a name. The conclusion goes with the last call, so that no check turns green before
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
  if (carriedOn !== null && (await carryOn(access, carriedOn, check))) return;
  const [first, ...more] = bodiesOf(check, 0, open);
  const id = await createRun(access, { sha, name: check.name, ...first });
  for (const body of more) await editRun(access, id, body);
}

/** False where the run is completed and GitHub lets it keep its conclusion. */
async function carryOn(access: Access, run: Run, check: CheckReport): Promise<boolean> {
  let conclusion: string | null = null;
  try {
    for (const body of bodiesOf(check, run.annotations, run.isComplete ? {} : open))
      conclusion = await editRun(access, run.id, body);
  } catch (error) {
    if (!run.isComplete || !failedWith(error, 'invalid')) throw error;
    return false;
  }
  return !run.isComplete || conclusion === check.conclusion;
}

/** What the calls say, one for each batch of annotations beyond those that are there; `meanwhile` until the last one. */
function bodiesOf(check: CheckReport, there: number, meanwhile: Meanwhile): readonly [Body, ...Body[]] {
  const batches = batchesOf(check.annotations.slice(there));
  const bodies = batches.map((batch, at): Body => {
    const isLast = at === batches.length - 1;
    return { ...(isLast ? stateOf(check) : meanwhile), output: outputOf(check, batch) };
  });
  // The cast: there is a batch at least.
  return bodies as [Body, ...Body[]];
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

/** The run to go on with. One without annotations takes anything; with some, only the report it was begun for. */
function toCarryOn(run: Run | null, check: CheckReport): Run | null {
  if (run === null || (run.isComplete && check.state === 'running')) return null;
  const isBegun = isSameText(run, check) && run.annotations <= check.annotations.length;
  return run.annotations === 0 || isBegun ? run : null;
}

function isSameText(run: Run, check: CheckReport): boolean {
  return run.title === check.title && run.summary === check.summary && (run.text ?? '') === (check.text ?? '');
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
  const page: { text?: string } = check.text === undefined ? {} : { text: check.text };
  return { title: check.title as string, summary: check.summary as string, ...page, annotations };
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
  const { title, summary, text, annotations_count } = newest.output;
  const { id, conclusion } = newest;
  return {
    id: Number(id),
    isComplete: newest.status === 'completed',
    conclusion,
    title,
    summary,
    text,
    annotations: annotations_count,
  };
}

type Meanwhile = typeof open | Readonly<Record<never, never>>;
type Body = { readonly output: ReturnType<typeof outputOf> } & (ReturnType<typeof stateOf> | Meanwhile);

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

/** Gives the conclusion the run has then. */
async function editRun(access: Access, id: number, body: Body): Promise<string | null> {
  const { owner, repo, client } = access;
  const route = 'PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}';
  const asked = { owner, repo, check_run_id: id, ...writeOnce, ...body };
  return (await calling(access.errors, () => client.request(route, asked))).data.conclusion;
}

/** How a run is known as ours when another app uses the same name. */
function externalId(name: string): string {
  return `fairlead:v1:${name}`;
}
