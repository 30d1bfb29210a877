import { adoptBody, adoptTitle } from '../../gitops/report/adopt.ts';
import type { Drift } from '../../model/drift.ts';
import { type Resource, resourceKey } from '../../model/resource.ts';
import type { Application } from '../../model/target.ts';
import type { Tree } from '../../model/tree.ts';
import type { Baseline } from './baseline.ts';
import { type Doing, refuse, tellDone, told } from './told.ts';
import type { DriftTools } from './tools.ts';

/** Opens the pull that writes the live value to Git, on top of what the branch holds now: later commits stay. */
export async function adopt(row: Drift, baseline: Baseline, doing: Doing): Promise<void> {
  const { tools, signal } = doing;
  const { target } = baseline;
  // One pull for one drift: what it says is for people to accept, reject or amend.
  if (row.adoptPull !== null) return;
  const head = await headOf(row, baseline, tools, signal);
  if (head === null) return refuse(row, doing, 'The branch no longer holds this object.');
  const { application, tree, resource, commit } = head;
  const adoption = await tools.adopt({ application, tree, resource, changes: [row] }, signal);
  if (adoption.kind === 'none') return refuse(row, doing, adoption.why);
  const port = await tools.forge(row.repo.forge).repo(row.repo);
  const view = { drift: [row], files: [...adoption.files.keys()] };
  // The same field may drift again while the branch of the last time stands.
  const branch = `fairlead/adopt-${row.id}-${row.firstSeen.replace(/\D/g, '').slice(0, 14)}`;
  const message = tools.redact(`${adoptTitle(view)}\n\nAdopts-Drift: ${row.id}\n`);
  await port.ensureBranchCommit({ branch, base: commit, files: adoption.files, message });
  const pull = await port.ensurePull({
    ...{ key: `adopt:${row.id}:${row.firstSeen}`, branch, base: target.branch, labels: ['fairlead/adopt'] },
    title: tools.redact(adoptTitle(view)),
    body: tools.redact(adoptBody(view, { limit: tools.forge(row.repo.forge).limits.comment })),
  });
  await tools.store.drift.save(null, { ...row, adoptPull: pull.number });
  await told(row, doing, 'adopt-opened', `#${pull.number}`);
  await tellDone(row, doing);
}

interface Head {
  readonly commit: string;
  readonly tree: Tree;
  readonly application: Application;
  readonly resource: Resource;
}

/** The object as the head of the branch has it; null when it is not there any more. */
async function headOf(
  { repo, resource }: Drift,
  { target, inForce, place }: Baseline,
  tools: DriftTools,
  signal: AbortSignal,
): Promise<Head | null> {
  const port = await tools.forge(repo.forge).repo(repo);
  const repository = await tools.mirror(repo);
  const { url, header } = await port.gitRemote();
  await repository.fetch({ url, header, refs: [`refs/heads/${target.branch}`] }, signal);
  const commit = await repository.resolve(`refs/heads/${target.branch}`, signal);
  const tree = await repository.tree(commit, signal);
  const { all } = await tools.applications({ tree, repo, branch: target.branch }, inForce.settings, signal);
  const application = all.find((one) => one.name === target.application && one.environment === target.environment);
  if (application === undefined) return null;
  const rendered = await tools.render(application, tree, place, signal);
  const found = rendered.find(({ id }) => resourceKey(id) === resourceKey(resource));
  return found === undefined ? null : { commit, tree, application, resource: found };
}
