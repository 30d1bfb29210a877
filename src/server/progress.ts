import { isJsonList, type Json, pick, pickText } from '../model/json.ts';
import { auditPages } from '../world/store/audit-pages.ts';
import type { Store } from '../world/store/store.ts';
import type { Answer } from './answer.ts';
import { problem } from './api.ts';
import { isRepo } from './redeployments.ts';

type Kept = Pick<Store, 'deployments' | 'audit'>;

/** What was asked before, read from the body: the words of the request and the audit row it is in. */
interface Asked {
  /** `github:42` or `owner/name`. */
  readonly repo: string;
  readonly environment: string;
  readonly trigger: string;
  readonly actor: string;
  readonly after: number;
  /** The deployments it began, where the caller knows them already. */
  readonly ids: readonly string[];
}

/** How the deployments that a request began fare: none before the queue came to it. 400 for what names no request. */
export async function tellProgress(body: Json, { store }: { readonly store: Kept }): Promise<Answer> {
  const asked = askedOf(body);
  if (asked === null)
    return problem(400, 'repo, environment, trigger, actor and after, as they were answered, are needed');
  const ids = asked.ids.length > 0 ? asked.ids : await begun(store, asked);
  const found = (await Promise.all(ids.map((id) => store.deployments.get(id)))).filter((one) => one !== null);
  const meant = found.filter(({ repo, environment }) => isRepo(repo, asked.repo) && environment === asked.environment);
  const deployments = meant.map(({ id, target, state, reason }) => ({ id, target, state, reason }));
  return { status: 200, body: { deployments } };
}

function askedOf(body: Json): Asked | null {
  const [repo, environment, trigger, actor] = ['repo', 'environment', 'trigger', 'actor'].map((key) =>
    pickText(body, key),
  );
  const [after, ids = []] = ['after', 'ids'].map((key) => pick(body, key));
  if (repo === undefined || environment === undefined || trigger === undefined || actor === undefined) return null;
  if (typeof after !== 'number' || !Number.isSafeInteger(after) || after < 0) return null;
  if (!isJsonList(ids) || !ids.every((id) => typeof id === 'string')) return null;
  return { repo, environment, trigger, actor, after, ids };
}

/** All deployments of a request are begun in one transaction: who sees one sees all. */
async function begun(store: Kept, { trigger, actor, after }: Asked): Promise<readonly string[]> {
  const ids = new Set<string>();
  for await (const rows of auditPages(store, after))
    for (const row of rows) if (row.action === `deploy-${trigger}` && row.actor === actor) ids.add(row.subject);
  return [...ids];
}
