import type { JsonObject } from '../../model/json.ts';
import { type RepoRef, repoKey, type Thread } from '../../model/repo.ts';
import type { Tx } from '../../world/store/store.ts';
import type { CommandAction } from './command.ts';
import type { CommandTools } from './tools.ts';

/** Who asked for what, where. */
export interface Asked {
  readonly repo: RepoRef;
  readonly thread: Thread;
  readonly comment: number;
  readonly actor: string;
  /** When it was said (ISO 8601, UTC): it counts from then on, not from when it is carried out. */
  readonly saidAt: string;
  /** As typed, without `/fairlead `. */
  readonly command: string;
}

type ActTools = Pick<CommandTools, 'store' | 'queue' | 'redact'>;

/** Performs the actions of one command, all of them or none, each with a row of the audit. */
export async function act(actions: readonly CommandAction[], asked: Asked, tools: ActTools): Promise<void> {
  await tools.store.transaction(async (tx) => {
    for (const action of actions) {
      await perform(action, { tx, asked, tools });
      await tools.store.audit.append(tx, {
        actor: asked.actor,
        action: auditWords[action.kind],
        subject: `${repoKey(asked.repo)}#${asked.thread.number}`,
        data: { command: tools.redact(asked.command), comment: asked.comment, ...factsOf(action, tools) },
      });
    }
  });
}

const auditWords: Readonly<Record<CommandAction['kind'], string>> = {
  answer: 'command-answered',
  refuse: 'command-refused',
  mark: 'pull-marked',
  unmark: 'pull-unmarked',
  pause: 'environment-paused',
  unpause: 'environment-resumed',
  enqueue: 'job-asked',
};

async function perform(
  action: CommandAction,
  { tx, asked, tools }: { readonly tx: Tx; readonly asked: Asked; readonly tools: ActTools },
): Promise<void> {
  const { repo, thread, actor: by, saidAt: at } = asked;
  const { store, queue, redact } = tools;
  switch (action.kind) {
    case 'answer':
    case 'refuse':
      return;
    case 'mark':
      return store.pulls.mark(tx, repo, thread.number, { ...action.mark, reason: redact(action.mark.reason), by, at });
    case 'unmark':
      await store.pulls.unmark(tx, repo, thread.number, action.mark, action.subject);
      return;
    case 'pause':
      return store.pauses.set(tx, { repo, environment: action.environment, by, reason: redact(action.reason), at });
    case 'unpause':
      await store.pauses.clear(tx, repo, action.environment);
      return;
    case 'enqueue': {
      const { job, ...options } = action.queued;
      return queue.add(tx, job, options);
    }
    default:
      action satisfies never;
  }
}

function factsOf(action: CommandAction, { redact }: ActTools): JsonObject {
  switch (action.kind) {
    case 'answer':
    case 'refuse':
      return {};
    case 'mark': {
      const { kind, subject, head, digests, reason } = action.mark;
      return { mark: kind, subject, head, digests, reason: redact(reason) };
    }
    case 'unmark':
      return { mark: action.mark, subject: action.subject };
    case 'pause':
    case 'unpause':
      return { environment: action.environment };
    case 'enqueue':
      return { job: action.queued.job.kind, key: action.queued.key };
    default:
      return action satisfies never;
  }
}
