import { addComment, deleteComment, editComment, react } from './issue-actions.ts';
import { commentBody, reactionBody } from './issue-bodies.ts';
import { type Answer, actorOf, pageOf, Refusal, type RepositoryCall, type RepositoryRoute } from './route.ts';
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

const ofRepository = '/repos/{owner}/{repo}/issues/comments';

const reactions = `${one}/reactions`;

/** Comments of pulls and issues, and what stands below them. */
export const commentRoutes: readonly RepositoryRoute[] = [
  { operation: `GET ${many}`, by: 'repository', needs: read, run: listComments },
  { operation: `POST ${many}`, by: 'repository', needs: write, run: create },
  { operation: `GET ${ofRepository}`, by: 'repository', needs: read, run: listAll },
  { operation: `GET ${one}`, by: 'repository', needs: read, run: (call) => answer(call, find(call), 200) },
  { operation: `PATCH ${one}`, by: 'repository', needs: write, run: edit },
  { operation: `DELETE ${one}`, by: 'repository', needs: write, run: remove },
  { operation: `GET ${reactions}`, by: 'repository', needs: read, run: listReactions },
  { operation: `POST ${reactions}`, by: 'repository', needs: write, run: addReaction },
  { operation: `DELETE ${reactions}/{reaction_id}`, by: 'repository', needs: write, run: removeReaction },
];

function listComments(call: RepositoryCall): Answer {
  const issue = requireThread(call);
  const { comments, lagging } = call.repository;
  const live = [...comments.values()].filter(({ id, ...comment }) => {
    return comment.issue === issue && !comment.deleted && !lagging.has(id);
  });
  return pageOf(
    call,
    live.map((comment) => commentBody(call.world, call.repository, comment)),
  );
}

/** Comments of every thread; `since` is compared with the last update. */
function listAll(call: RepositoryCall): Answer {
  const { searchParams } = call.url;
  const since = new Date(searchParams.get('since') ?? 0);
  const live = [...call.repository.comments.values()].filter(
    ({ deleted, updatedAt }) => !deleted && updatedAt >= since,
  );
  const isByUpdate = searchParams.get('sort') === 'updated';
  const sorted = live.toSorted(
    (a, b) => (isByUpdate ? a.updatedAt.getTime() - b.updatedAt.getTime() : 0) || a.id - b.id,
  );
  const ordered = searchParams.get('direction') === 'desc' ? sorted.toReversed() : sorted;
  return pageOf(
    call,
    ordered.map((comment) => commentBody(call.world, call.repository, comment)),
  );
}

async function create(call: RepositoryCall): Promise<Answer> {
  const issue = requireThread(call);
  return answer(call, await addComment(call, actorOf(call), { issue, body: bodyText(call) }), 201);
}

async function edit(call: RepositoryCall): Promise<Answer> {
  const comment = requireOwn(call, find(call));
  await editComment(call, actorOf(call), { comment, body: bodyText(call) });
  return answer(call, comment, 200);
}

async function remove(call: RepositoryCall): Promise<Answer> {
  await deleteComment(call, actorOf(call), requireOwn(call, find(call)));
  return { status: 204 };
}

function listReactions(call: RepositoryCall): Answer {
  const content = call.url.searchParams.get('content');
  const shown = find(call).reactions.filter((entry) => content === null || entry.content === content);
  return pageOf(
    call,
    shown.map((entry) => reactionBody(call.world, entry)),
  );
}

function addReaction(call: RepositoryCall): Answer {
  const to = { comment: find(call), content: String(call.body['content']) };
  const { reaction, isNew } = react(call, call.token.user, to);
  return { status: isNew ? 201 : 200, body: reactionBody(call.world, reaction) };
}

function removeReaction(call: RepositoryCall): Answer {
  const { reactions: standing } = find(call);
  const at = standing.findIndex(({ id }) => id === Number(call.params['reaction_id']));
  if (at < 0) throw new Refusal(404, 'Not Found');
  if (standing[at]?.user.id !== call.token.user.id) throw new Refusal(403, 'Must be the author of the reaction');
  standing.splice(at, 1);
  return { status: 204 };
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

function requireThread({ repository, params, token }: RepositoryCall): number {
  const number = Number(params['issue_number']);
  // `pull_requests` opens comments of pulls only.
  const isOpen = repository.pulls.has(number) || (repository.issues.has(number) && 'issues' in token.permissions);
  if (!isOpen) throw new Refusal(404, 'Not Found');
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
