import { type Here, type Pipeline, userOf } from './state.ts';

/** Pipelines of a commit, oldest first, once the project's CI has run on it. */
export function pipelinesAt(here: Here, sha: string): readonly Pipeline[] {
  const { project } = here;
  const isRun = project.pipelines.some((pipeline) => pipeline.sha === sha && pipeline.source === 'push');
  if (project.ciJobs.length > 0 && !isRun) runJobs(here, sha);
  return project.pipelines.filter((pipeline) => pipeline.sha === sha);
}

function runJobs({ world, project }: Here, sha: string): void {
  const request = [...project.mergeRequests.values()].find(({ headSha }) => headSha === sha);
  const ref = request?.sourceBranch ?? project.defaultBranch;
  const id = world.nextId();
  project.pipelines.push({ id, sha, ref, source: 'push', status: 'success' });
  for (const name of project.ciJobs) {
    const facts = { id: world.nextId(), sha, ref, pipeline: id, name, createdAt: world.now() };
    project.statuses.push({ ...facts, author: userOf(world, 'mona'), state: 'success', description: null });
  }
}
