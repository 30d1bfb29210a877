import type { CommandAction, CommandFacts } from '../../../src/features/commands/command.ts';
import { commands } from '../../../src/features/commands/commands.ts';
import type { Plan, PlanTarget } from '../../../src/model/plan.ts';
import { defaultSettings, type EnvironmentSettings, type Settings } from '../../../src/model/settings.ts';
import type { Pull } from '../../../src/world/forge/forge.ts';
import { shop } from '../../support/deployments.ts';

export const head = '9f3c2e1'.padEnd(40, '0');
export const mergeSha = 'ab12cd3'.padEnd(40, '0');

/** The environment prod, deployed by command and approved by one of acme/sre, with what a test wants otherwise. */
export function environmentOf(change: Partial<EnvironmentSettings['deploy']> = {}, name = 'prod'): EnvironmentSettings {
  return {
    name,
    match: [],
    branch: null,
    clusters: [],
    deploy: { on: 'merge', engine: 'apply', after: null, approvals: null, ...change },
    onFailure: { action: 'none' },
    onDrift: { action: 'report' },
  };
}

export function settingsOf(mode: Settings['mode'], ...environments: readonly EnvironmentSettings[]): Settings {
  return { ...defaultSettings, mode, environments: new Map(environments.map((one) => [one.name, one])) };
}

export const openPull: Pull = {
  number: 482,
  title: 'Checkout 3.0.0',
  state: 'open',
  draft: false,
  author: 'octo-dev',
  head: { sha: head, ref: 'topic', fromFork: false },
  base: { sha: '51ab7d0'.padEnd(40, '0'), ref: 'main' },
  mergeSha: null,
  mergedBy: null,
  createdAt: '2026-11-22T13:00:00Z',
  mergedAt: null,
  url: 'https://forge.example/acme/shop/pull/482',
  mergeable: true,
};

export const mergedPull: Pull = { ...openPull, state: 'merged', mergeSha, mergedAt: '2026-11-22T14:05:00Z' };

const target: PlanTarget = {
  id: 'apps/checkout@prod:prod-eu',
  application: 'apps/checkout',
  environment: 'prod',
  cluster: 'prod-eu',
  digest: 'd1',
  objects: {},
  deletes: [],
  takeovers: [],
  changes: [
    {
      target: 'apps/checkout@prod:prod-eu',
      part: 'pull',
      resource: { group: 'apps', version: 'v1', kind: 'Deployment', namespace: 'shop', name: 'checkout' },
      action: 'update',
      paths: [
        { path: ['spec', 'replicas'], before: 2, after: 6, cause: 'git' },
        { path: ['spec', 'paused'], before: null, after: false, cause: 'admission' },
      ],
    },
  ],
};

export const plan: Plan = {
  repo: shop,
  pull: 482,
  head,
  base: openPull.base.sha,
  verdict: 'ready',
  at: '2026-11-22T14:00:00.000Z',
  shownAt: '2026-11-22T14:00:00.000Z',
  targets: [target],
};

export const unclearPlan: Plan = { ...plan, targets: [{ ...target, digest: null }] };

/** Facts of an open, reviewed pull in enforce mode, asked at 14:10 by anna, with what a test wants otherwise. */
export function factsOf(change: Partial<CommandFacts> = {}): CommandFacts {
  return {
    repo: shop,
    thread: { kind: 'pull', number: 482 },
    command: 'typed',
    actor: 'anna',
    askedAt: '2026-11-22T14:10:00Z',
    settings: settingsOf('enforce', environmentOf()),
    problem: null,
    pull: openPull,
    plan,
    deployments: [],
    newest: new Map(),
    closedReverts: new Set(),
    history: [],
    marks: [],
    pauses: [],
    waiting: [],
    drift: null,
    help: commands.map(({ usage, text, on }) => ({ usage, text, on, who: 'write' })),
    limit: 20_000,
    ...change,
  };
}

/** What a command comes to, as it is typed. Fails the test when the words are not understood. */
export function decided(typed: string, facts: CommandFacts): readonly CommandAction[] {
  const [verb, ...words] = typed.split(' ');
  const command = commands.find(({ name }) => name === verb);
  const parsed = command?.parse(words);
  if (command === undefined || parsed === undefined || !parsed.ok) throw new Error(`not understood: ${typed}`);
  return command.decide({ ...facts, command: typed }, parsed.args);
}

/** Actions in one word each: `mark approve prod`, `enqueue deploy:D-18`, `refuse`. */
export function brief(actions: readonly CommandAction[]): readonly string[] {
  return actions.map((action) => {
    switch (action.kind) {
      case 'answer':
      case 'refuse':
        return action.kind;
      case 'mark':
        return `mark ${action.mark.kind} ${action.mark.subject}`.trim();
      case 'unmark':
        return `unmark ${action.mark}`;
      case 'pause':
      case 'unpause':
        return `${action.kind} ${action.environment ?? 'all'}`;
      case 'enqueue':
        return `enqueue ${action.queued.key}`;
      default:
        return action satisfies never;
    }
  });
}

/** What is told. */
export function toldOf(actions: readonly CommandAction[]): string {
  return actions.map((action) => (action.kind === 'answer' || action.kind === 'refuse' ? action.text : '')).join('');
}
