import { issueBody } from './bodies.ts';
import { editIssue, openIssue } from './issue-actions.ts';
import { requireText } from './note-routes.ts';
import { type Answer, type ProjectCall, type ProjectRoute, pageOf, Refusal, sorted, textOf } from './route.ts';
import type { Issue } from './state.ts';

const many = '/projects/{id}/issues';
const one = `${many}/{issue_iid}`;

/** Issues. */
export const issueRoutes: readonly ProjectRoute[] = [
  { operation: `GET ${many}`, by: 'project', needs: 10, run: list },
  { operation: `POST ${many}`, by: 'project', needs: 10, run: create },
  {
    operation: `GET ${one}`,
    by: 'project',
    needs: 10,
    run: (call) => ({ status: 200, body: issueBody(call, find(call)) }),
  },
  { operation: `PUT ${one}`, by: 'project', needs: 20, run: edit },
];

function list(call: ProjectCall): Answer {
  const { project, url } = call;
  const [state, author] = [url.searchParams.get('state') ?? 'all', url.searchParams.get('author_id')];
  const wanted = [...project.issues.values()].filter(
    (issue) => (state === 'all' || issue.state === state) && (author === null || String(issue.author.id) === author),
  );
  return pageOf(
    call,
    sorted(call, wanted, (issue) => issue.id).map((issue) => issueBody(call, issue)),
  );
}

async function create(call: ProjectCall): Promise<Answer> {
  const spec = { title: requireText(call, 'title', 255), description: textOf(call, 'description') };
  return { status: 201, body: issueBody(call, await openIssue(call, call.token.user, spec)) };
}

async function edit(call: ProjectCall): Promise<Answer> {
  const issue = find(call);
  const { body } = call;
  const event = textOf(call, 'state_event');
  await editIssue(call, call.token.user, {
    issue,
    ...(body['title'] === undefined ? {} : { title: requireText(call, 'title', 255) }),
    ...(body['description'] === undefined ? {} : { description: textOf(call, 'description') }),
    ...(event === '' ? {} : { state: event === 'close' ? ('closed' as const) : ('opened' as const) }),
  });
  return { status: 200, body: issueBody(call, issue) };
}

function find({ project, params }: ProjectCall): Issue {
  const issue = project.issues.get(Number(params['issue_iid']));
  if (issue === undefined) throw new Refusal(404, '404 Not found');
  return issue;
}
