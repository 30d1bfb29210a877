import { createHmac } from 'node:crypto';
import { outdatedPattern } from '../../../src/gitops/report/outdated-line.ts';
import { BorderError } from '../../../src/model/error.ts';
import type { Redacted } from '../../../src/model/redacted.ts';
import type { RepoRef } from '../../../src/model/repo.ts';
import type { CheckReport, CheckState, Forge, Pull, RepoPort } from '../../../src/world/forge/forge.ts';
import { gitHubCapabilities, gitHubLimits } from '../../../src/world/forge/github/limits.ts';
import { createReceiver } from '../../../src/world/forge/github/receiver.ts';
import type { RawDelivery } from '../../../src/world/forge/receiver.ts';
import { isAbout } from '../../support/light-reviews.ts';

/** A pull of the model, with what the bot wrote there. */
interface ModelPull {
  readonly number: number;
  head: string;
  isOpen: boolean;
  updatedAt: number;
  /** Live comments, each with its key. */
  readonly comments: { readonly key: string; body: string }[];
}

/** A webhook the model sends. */
export interface ModelDelivery extends RawDelivery {
  readonly id: string;
}

/** What the bot's call comes to: done and answered, done with the answer lost, or refused before anything was done. */
export type CallFate = 'answered' | 'answer-lost' | 'refused';

/** A forge in memory: what people do to it, what the bot may ask of it, and what must be true of it at the end. */
export interface ModelForge {
  readonly repo: RepoRef;
  baseHead(): string;
  /** What somebody does; the webhooks of it, in order. Nothing happens where there is no such pull. */
  act(action: ModelAction): readonly ModelDelivery[];
  /** The forge as the bot sees it. Every call waits for `gate`, which says what it comes to. */
  serve(gate: (call: string) => Promise<CallFate>): Forge;
  /** What was ever wrong, and what is wrong now: nothing when each open head has its one right comment and check. */
  wrong(): readonly string[];
}

/** What people do. `pull` counts the pulls there are, around and around. */
export type ModelAction =
  | { readonly kind: 'open' }
  | { readonly kind: 'push' | 'close' | 'reopen'; readonly pull: number }
  | { readonly kind: 'move-base' };

const secret = 'kq93mfw7dux2hva0c41b77aa9f3c2e1b';
const receiver = createReceiver([secret]);

/** A forge with one repository of this id and nothing in it, and its clock in milliseconds. */
export function createModelForge(id: number, clock: () => number): ModelForge {
  return new Model(id, clock);
}

class Model implements ModelForge {
  readonly repo: RepoRef;
  readonly #pulls: ModelPull[] = [];
  /** Commit -> its checks. */
  readonly #checks = new Map<string, Map<string, CheckReport>>();
  readonly #violations: string[] = [];
  #base = commitId('base', 0);
  #count = 0;

  readonly #clock: () => number;

  constructor(id: number, clock: () => number) {
    this.#clock = clock;
    this.repo = { forge: 'github', id, fullName: 'acme/gitops', installation: 7 };
  }

  baseHead(): string {
    return this.#base;
  }

  act(action: ModelAction): readonly ModelDelivery[] {
    this.#count += 1;
    switch (action.kind) {
      case 'open': {
        const head = commitId('head', this.#count);
        const updatedAt = this.#clock();
        const pull = { number: this.#pulls.length + 1, head, isOpen: true, updatedAt, comments: [] };
        this.#pulls.push(pull);
        return [this.#pullEvent(pull, 'opened')];
      }
      case 'move-base': {
        const before = this.#base;
        this.#base = commitId('base', this.#count);
        return [this.#delivery('push', { ref: 'refs/heads/main', before, after: this.#base })];
      }
      case 'push':
      case 'close':
      case 'reopen':
        return this.#change(this.#pulls[action.pull % this.#pulls.length], action.kind);
      default:
        return action satisfies never;
    }
  }

  #change(pull: ModelPull | undefined, kind: 'push' | 'close' | 'reopen'): readonly ModelDelivery[] {
    if (pull === undefined || pull.isOpen === (kind === 'reopen')) return [];
    pull.updatedAt = this.#clock();
    if (kind === 'push') pull.head = commitId('head', this.#count);
    else pull.isOpen = kind === 'reopen';
    return [this.#pullEvent(pull, { push: 'synchronize', close: 'closed', reopen: 'reopened' }[kind])];
  }

  #pullEvent(pull: ModelPull, action: string): ModelDelivery {
    const { number, head } = pull;
    return this.#delivery('pull_request', { action, number, pull_request: { head: { sha: head }, merged: false } });
  }

  #delivery(event: string, payload: object): ModelDelivery {
    const id = `delivery-${this.repo.id}-${this.#count}`;
    const repository = { id: this.repo.id, full_name: this.repo.fullName };
    const body = Buffer.from(JSON.stringify({ ...payload, repository, installation: { id: this.repo.installation } }));
    const signature = createHmac('sha256', secret).update(body).digest('hex');
    const headers = {
      'x-github-event': event,
      'x-github-delivery': id,
      'x-hub-signature-256': `sha256=${signature}`,
    };
    return { id, body, headers };
  }

  serve(gate: (call: string) => Promise<CallFate>): Forge {
    const port = portOf(
      this.repo,
      async (call, work) => {
        const fate = await gate(call);
        if (fate === 'refused') throw unavailable(call);
        const result = work();
        if (fate === 'answer-lost') throw unavailable(call);
        return result;
      },
      this,
    );
    return {
      name: 'github',
      limits: gitHubLimits,
      capabilities: gitHubCapabilities,
      receiver,
      budgets: () => [],
      repo: async () => port,
      repositories: async () => [this.repo],
      missedDeliveries: async () => [],
      redeliver: async () => undefined,
      reviveHooks: async () => [],
      proveAccess: async () => undefined,
    };
  }

  openPulls(): readonly Pull[] {
    return this.#pulls.filter(({ isOpen }) => isOpen).map((pull) => this.#seen(pull));
  }

  changedPulls(since: Date): readonly Pull[] {
    return this.#pulls.filter(({ updatedAt }) => updatedAt > since.getTime()).map((pull) => this.#seen(pull));
  }

  checkState(sha: string, name: string): CheckState {
    const check = this.#checks.get(sha)?.get(name);
    return check === undefined ? 'absent' : check.state;
  }

  pull(number: number): Pull {
    return this.#seen(this.#pull(number));
  }

  #pull(number: number): ModelPull {
    const found = this.#pulls[number - 1];
    if (found === undefined) throw new Error(`there is no pull ${number}`);
    return found;
  }

  #seen({ number, head, isOpen }: ModelPull): Pull {
    const at = '2026-01-01T00:00:00.000Z';
    return {
      ...{ number, title: `Change ${number}`, state: isOpen ? 'open' : 'closed', draft: false, author: 'mona' },
      head: { sha: head, ref: `topic-${number}`, fromFork: false },
      base: { sha: this.#base, ref: 'main' },
      ...{ mergeSha: null, mergedBy: null, createdAt: at, mergedAt: null, mergeable: true },
      url: `https://forge.example/acme/gitops/pull/${number}`,
    };
  }

  retitleComment(
    number: number,
    key: string,
    { line, unless }: { readonly line: Redacted; readonly unless: RegExp | null },
  ): null {
    const own = this.#pull(number).comments.find((comment) => comment.key === key);
    const [title = '', ...rest] = own?.body.split('\n') ?? [];
    if (own !== undefined && unless?.test(title) !== true) own.body = [line, ...rest].join('\n');
    return null;
  }

  retireComment(number: number, key: string): void {
    const { comments } = this.#pull(number);
    const at = comments.findIndex((comment) => comment.key === key);
    if (at >= 0) comments.splice(at, 1);
  }

  hasComment(number: number, key: string): boolean {
    return this.#pull(number).comments.some((comment) => comment.key === key);
  }

  ensureComment(number: number, key: string, body: Redacted): ReturnType<RepoPort['ensureComment']> {
    const { comments } = this.#pull(number);
    const own = comments.find((comment) => comment.key === key);
    const did = own === undefined ? 'created' : own.body === body ? 'unchanged' : 'edited';
    if (own === undefined) comments.push({ key, body });
    else own.body = body;
    return Promise.resolve({ id: number, did, url: '' });
  }

  report(sha: string, check: CheckReport): void {
    const isStrange = check.state === 'done' && check.conclusion === 'success' && !check.summary.includes(sha);
    if (isStrange) this.#violations.push(`a check of ${sha} is about another head`);
    const checks = this.#checks.get(sha) ?? new Map<string, CheckReport>();
    if (check.yields === true && checks.has(check.name)) return;
    this.#checks.set(sha, checks.set(check.name, check));
  }

  wrong(): readonly string[] {
    return [...this.#violations, ...this.#pulls.flatMap((pull) => this.#wrongWith(pull))];
  }

  #wrongWith({ number, head, isOpen, comments }: ModelPull): readonly string[] {
    if (comments.length > 1) return [`pull ${number} has ${comments.length} comments`];
    if (!isOpen) return [];
    const about = { base: this.#base, head };
    const wrong: string[] = [];
    if (!comments.some(({ body }) => isAbout(body, about)))
      wrong.push(`pull ${number} has no comment about ${head} on ${this.#base}`);
    if (comments.some(({ body }) => outdatedPattern.test(body))) wrong.push(`pull ${number} says it is outdated`);
    const checks = [...(this.#checks.get(head)?.values() ?? [])];
    const [check] = checks;
    const isRight = checks.length === 1 && check?.conclusion === 'success' && isAbout(check.summary, about);
    if (!isRight) wrong.push(`pull ${number} has not one right check of ${head} on ${this.#base}`);
    return wrong;
  }
}

type Call = <T>(call: string, work: () => T | Promise<T>) => Promise<T>;

function portOf(ref: RepoRef, call: Call, model: Model): RepoPort {
  const asked: Partial<RepoPort> = {
    ref,
    pull: (number) => call('pull', () => model.pull(number)),
    openPulls: () => call('openPulls', () => model.openPulls()),
    changedPulls: (since) => call('changedPulls', () => model.changedPulls(since)),
    newCommands: async () => [],
    checkState: (sha, name) => call('checkState', () => model.checkState(sha, name)),
    roleOf: () => call('roleOf', () => 'write'),
    hasComment: (number, key) => call('hasComment', () => model.hasComment(number, key)),
    ensureComment: (number, key, body) => call('ensureComment', () => model.ensureComment(number, key, body)),
    retitleComment: (number, key, line, unless) =>
      call('retitleComment', () => model.retitleComment(number, key, { line, unless })),
    retireComment: (number, key) => call('retireComment', () => model.retireComment(number, key)),
    report: (sha, check) => call('report', () => model.report(sha, check)),
    branchRules: async () => ({ requiredChecks: [], requiredStatuses: [] }),
    branchHead: () => call('branchHead', () => model.baseHead()),
    defaultBranch: async () => 'main',
    fileUrl: () => 'https://forge.example/file',
    gitRemote: async () => ({ url: '', header: null, pullRefs }),
  };
  // What is not among them is not asked for in these stories; it would show as a fault of ours, and fail them.
  return asked as RepoPort;
}

function pullRefs(pull: number): { readonly head: string; readonly merge: null } {
  return { head: `refs/pull/${pull}/head`, merge: null };
}

/** 40 characters that say what they are, as a commit id must be told from another in a text. */
function commitId(what: 'base' | 'head', nth: number): string {
  const digits = Buffer.from(what).toString('hex');
  return `${digits}${String(nth).padStart(40 - digits.length, '0')}`;
}

function unavailable(call: string): BorderError {
  return new BorderError({
    code: 'forge-unavailable',
    subject: call,
    message: `the model forge did not answer ${call}`,
    remedy: 'Try again.',
    kind: 'unavailable',
    status: 502,
  });
}
