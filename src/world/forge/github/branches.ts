import type { BranchRules } from '../forge.ts';
import { type Access, PAGE, readPages } from './access.ts';
import { calling, unless } from './errors.ts';

/** Pages of rules of one branch we read. */
const MOST_PAGES = 5;

/** Head of a branch; null when there is none. */
export async function readBranchHead(access: Access, branch: string): Promise<string | null> {
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/git/ref/{ref}';
  return unless('not-found', null, async () => {
    const asked = { owner, repo, ref: `heads/${branch}` };
    return (await calling(access.errors, () => client.request(route, asked))).data.object.sha;
  });
}

/** The branch that pulls go into unless they say otherwise. */
export async function readDefaultBranch(access: Access): Promise<string> {
  const { owner, repo, client } = access;
  const { data } = await calling(access.errors, () => client.request('GET /repos/{owner}/{repo}', { owner, repo }));
  return data.default_branch;
}

/** Checks that rules and the older branch protection ask for; null where either may not be read, as then neither is known in full. */
export async function readBranchRules(access: Access, branch: string): Promise<BranchRules> {
  const required = await unless('forbidden', null, async () => [
    ...(await checksOfRules(access, branch)),
    ...(await checksOfProtection(access, branch)),
  ]);
  if (required === null) return { requiredChecks: null };
  const statuses = namesOf(required.filter(({ app }) => app === null));
  return { requiredChecks: namesOf(required), ...(statuses.length === 0 ? {} : { requiredStatuses: statuses }) };
}

/** A check that must pass; `app` is the only one it is taken from, null for any. */
interface Required {
  readonly name: string;
  readonly app: number | null;
}

function namesOf(required: readonly Required[]): readonly string[] {
  return [...new Set(required.map(({ name }) => name))].toSorted();
}

/** GitHub says -1 as well where any app will do. */
function appOf(id: number | bigint | null | undefined): number | null {
  return id === null || id === undefined || Number(id) < 0 ? null : Number(id);
}

async function checksOfRules(access: Access, branch: string): Promise<readonly Required[]> {
  const rules = await readPages(access, {
    pages: MOST_PAGES,
    read: async (page) => {
      const { owner, repo, client } = access;
      const route = 'GET /repos/{owner}/{repo}/rules/branches/{branch}';
      return (await client.request(route, { owner, repo, branch, per_page: PAGE, page })).data;
    },
  });
  return rules.flatMap((rule) =>
    rule.type === 'required_status_checks'
      ? (rule.parameters?.required_status_checks ?? []).map(({ context, integration_id }) => {
          return { name: context, app: appOf(integration_id) };
        })
      : [],
  );
}

async function checksOfProtection(access: Access, branch: string): Promise<readonly Required[]> {
  const { owner, repo, client } = access;
  const route = 'GET /repos/{owner}/{repo}/branches/{branch}';
  return unless('not-found', [], async () => {
    const { data } = await calling(access.errors, () => client.request(route, { owner, repo, branch }));
    const { contexts = [], checks = [] } = data.protection?.required_status_checks ?? {};
    const apps = new Map(checks.map(({ context, app_id }) => [context, appOf(app_id)]));
    return contexts.map((name) => ({ name, app: apps.get(name) ?? null }));
  });
}
