import { apiUrl } from './bodies.ts';
import { type Answer, pageOf, Refusal, type RepositoryCall, type RepositoryRoute } from './route.ts';

const base = '/repos/{owner}/{repo}';

/** Branches and what protects them. */
export const branchRoutes: readonly RepositoryRoute[] = [
  { operation: `GET ${base}/branches`, by: 'repository', needs: [['contents', 'read']], run: listBranches },
  { operation: `GET ${base}/branches/{branch}`, by: 'repository', needs: [['contents', 'read']], run: getBranch },
  { operation: `GET ${base}/rules/branches/{branch}`, by: 'repository', needs: [['metadata', 'read']], run: listRules },
];

async function listBranches(call: RepositoryCall): Promise<Answer> {
  const branches = [...(await call.repository.git.branches())];
  return pageOf(
    call,
    branches.map(([name, sha]) => ({ name, commit: { sha }, protected: false })),
  );
}

/** The branch with its protection as of old, of which this GitHub has none: it protects by rules. */
async function getBranch(call: RepositoryCall): Promise<Answer> {
  const name = call.params['branch'] ?? '';
  const sha = await call.repository.git.resolve(`refs/heads/${name}`);
  if (sha === null) throw new Refusal(404, 'Branch not found');
  const protection = { enabled: false, required_status_checks: { contexts: [], checks: [], enforcement_level: 'off' } };
  const url = `${apiUrl(call.world, call.repository)}/branches/${name}`;
  return { status: 200, body: { name, commit: { sha }, protected: false, protection, protection_url: url } };
}

function listRules(call: RepositoryCall): Answer {
  const { repository, params } = call;
  if (repository.rulesHidden) {
    throw new Refusal(403, 'Upgrade to GitHub Pro or make this repository public to enable this feature.');
  }
  const checks = repository.requiredChecks.get(params['branch'] ?? '') ?? [];
  const rule = {
    type: 'required_status_checks',
    parameters: {
      required_status_checks: checks.map((context) =>
        repository.checkApp === null ? { context } : { context, integration_id: repository.checkApp },
      ),
      strict_required_status_checks_policy: false,
    },
    ruleset_source_type: 'Repository',
    ruleset_source: repository.fullName,
    ruleset_id: 1,
  };
  return pageOf(call, checks.length === 0 ? [] : [rule]);
}
