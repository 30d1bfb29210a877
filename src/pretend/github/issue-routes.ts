import { labelBody } from './bodies.ts';
import { addLabels, editIssue, openIssue } from './issue-actions.ts';
import { issueBody } from './issue-bodies.ts';
import { type Answer, actorOf, pageOf, Refusal, type RepositoryCall, type RepositoryRoute } from './route.ts';
import type { Issue, PullRequest } from './state.ts';

const read = [['issues', 'read']] as const;
const write = [['issues', 'write']] as const;
// GitHub lets either permission in where the issue is a pull.
const label = [...write, ['pull_requests', 'write']] as const;

const many = '/repos/{owner}/{repo}/issues';
const one = `${many}/{issue_number}`;

/** Issues, and the labels that issues and pulls share. */
export const issueRoutes: readonly RepositoryRoute[] = [
  { operation: `GET ${many}`, by: 'repository', needs: read, run: list },
  { operation: `POST ${many}`, by: 'repository', needs: write, run: create },
  { operation: `GET ${one}`, by: 'repository', needs: read, run: (call) => answer(call, find(call), 200) },
  { operation: `PATCH ${one}`, by: 'repository', needs: write, run: edit },
  { operation: `POST ${one}/labels`, by: 'repository', needs: label, run: addAll },
  { operation: `DELETE ${one}/labels/{name}`, by: 'repository', needs: label, run: unlabel },
];

/** Pulls are listed among the issues. */
function list(call: RepositoryCall): Answer {
  const { repository, url, world } = call;
  const state = url.searchParams.get('state') ?? 'open';
  const creator = url.searchParams.get('creator');
  const all: (Issue | PullRequest)[] = [...repository.issues.values(), ...repository.pulls.values()];
  const wanted = all.filter(
    (entry) => (state === 'all' || entry.state === state) && (creator === null || entry.author.login === creator),
  );
  const newestFirst = wanted.toSorted((a, b) => b.number - a.number);
  const ordered = url.searchParams.get('direction') === 'asc' ? newestFirst.toReversed() : newestFirst;
  return pageOf(
    call,
    ordered.map((entry) => issueBody(world, repository, entry)),
  );
}

async function create(call: RepositoryCall): Promise<Answer> {
  const { body } = call;
  const issue = await openIssue(call, actorOf(call), {
    title: String(body['title']),
    body: String(body['body'] ?? ''),
  });
  addLabels(call, issue, (body['labels'] ?? []) as readonly string[]);
  return answer(call, issue, 201);
}

async function edit(call: RepositoryCall): Promise<Answer> {
  const issue = call.repository.issues.get(Number(call.params['issue_number']));
  if (issue === undefined) throw new Refusal(404, 'Not Found');
  const { title, body, state } = call.body as { title?: string; body?: string; state?: 'open' | 'closed' };
  await editIssue(call, actorOf(call), {
    issue,
    title: title ?? issue.title,
    body: body ?? issue.body,
    state: state ?? issue.state,
  });
  return answer(call, issue, 200);
}

function addAll(call: RepositoryCall): Answer {
  const thread = find(call);
  addLabels(call, thread, call.body['labels'] as readonly string[]);
  return { status: 200, body: thread.labels.map(labelBody) };
}

function unlabel(call: RepositoryCall): Answer {
  const { labels } = find(call);
  const at = labels.indexOf(call.params['name'] ?? '');
  if (at < 0) throw new Refusal(404, 'Label does not exist');
  labels.splice(at, 1);
  return { status: 200, body: labels.map(labelBody) };
}

function find({ repository, params }: RepositoryCall): Issue | PullRequest {
  const number = Number(params['issue_number']);
  const thread = repository.issues.get(number) ?? repository.pulls.get(number);
  if (thread === undefined) throw new Refusal(404, 'Not Found');
  return thread;
}

function answer({ world, repository }: RepositoryCall, thread: Issue | PullRequest, status: number): Answer {
  return { status, body: issueBody(world, repository, thread) };
}
