import { commentBody, userBody } from './bodies.ts';
import { type Answer, pageOf, Refusal, type RepositoryCall, type RepositoryRoute } from './route.ts';
import type { Comment } from './state.ts';

// GitHub lets either permission in where the issue is a pull.
const read = [
  ['pull_requests', 'read'],
  ['issues', 'read'],
] as const;
const write = [
  ['pull_requests', 'write'],
  ['issues', 'write'],
] as const;

/** What GitHub refuses a comment beyond. */
const LONGEST_BODY = 65_536;

const many = '/repos/{owner}/{repo}/issues/{issue_number}/comments';
const one = '/repos/{owner}/{repo}/issues/comments/{comment_id}';

/** Comments of pulls. */
export const commentRoutes: readonly RepositoryRoute[] = [
  { operation: `GET ${many}`, by: 'repository', needs: read, run: listComments },
  { operation: `POST ${many}`, by: 'repository', needs: write, run: createComment },
  { operation: `GET ${one}`, by: 'repository', needs: read, run: (call) => answer(call, find(call), 200) },
  { operation: `PATCH ${one}`, by: 'repository', needs: write, run: editComment },
  { operation: `DELETE ${one}`, by: 'repository', needs: write, run: deleteComment },
  { operation: `POST ${one}/reactions`, by: 'repository', needs: write, run: react },
];

function listComments(call: RepositoryCall): Answer {
  const issue = requirePull(call);
  const live = [...call.repository.comments.values()].filter((comment) => comment.issue === issue && !comment.deleted);
  return pageOf(
    call,
    live.map((comment) => commentBody(call.world, call.repository, comment)),
  );
}

function createComment(call: RepositoryCall): Answer {
  const { world, repository, token } = call;
  const issue = requirePull(call);
  const body = bodyText(call);
  const at = world.now();
  const facts = { id: world.nextId(), issue, author: token.user, byApp: token.byApp, createdAt: at, updatedAt: at };
  const comment: Comment = { ...facts, body, history: [body], reactions: [], deleted: false };
  repository.comments.set(comment.id, comment);
  return answer(call, comment, 201);
}

function editComment(call: RepositoryCall): Answer {
  const comment = requireOwn(call, find(call));
  comment.body = bodyText(call);
  comment.updatedAt = call.world.now();
  comment.history.push(comment.body);
  return answer(call, comment, 200);
}

function deleteComment(call: RepositoryCall): Answer {
  requireOwn(call, find(call)).deleted = true;
  return { status: 204 };
}

function react(call: RepositoryCall): Answer {
  const comment = find(call);
  const content = String(call.body['content']);
  const isNew = !comment.reactions.includes(content);
  if (isNew) comment.reactions.push(content);
  const body = { id: comment.id, content, user: userBody(call.world, call.token.user) };
  return { status: isNew ? 201 : 200, body };
}

/** Apps edit and delete only what they wrote, unless they may write to issues. */
function requireOwn(call: RepositoryCall, comment: Comment): Comment {
  const mayAll = call.token.permissions['issues'] === 'write';
  if (comment.author.id !== call.token.user.id && !mayAll) {
    throw new Refusal(403, 'Resource not accessible by integration', {
      'x-accepted-github-permissions': 'issues=write',
    });
  }
  return comment;
}

function bodyText({ body }: RepositoryCall): string {
  const text = String(body['body'] ?? '');
  if (text.trim() === '') throw new Refusal(422, "Validation Failed: Body can't be blank");
  if (text.length > LONGEST_BODY) {
    throw new Refusal(422, `Validation Failed: Body is too long (maximum is ${LONGEST_BODY} characters)`);
  }
  return text;
}

function requirePull({ repository, params }: RepositoryCall): number {
  const number = Number(params['issue_number']);
  if (!repository.pulls.has(number)) throw new Refusal(404, 'Not Found');
  return number;
}

function find({ repository, params }: RepositoryCall): Comment {
  const comment = repository.comments.get(Number(params['comment_id']));
  if (comment === undefined || comment.deleted) throw new Refusal(404, 'Not Found');
  return comment;
}

function answer({ world, repository }: RepositoryCall, comment: Comment, status: number): Answer {
  return { status, body: commentBody(world, repository, comment) };
}
