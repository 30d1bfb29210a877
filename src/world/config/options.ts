import { argocdOptions } from './argocd-options.ts';
import { durationPattern } from './duration.ts';
import type { Group, Option, TextRule } from './option.ts';
import { choice, formatVersion, group, optional } from './shapes.ts';
import { tenancyOption } from './tenancy-options.ts';

/** Everything `.fairlead.yaml` may say, in the order of the reference page. `engines` are the names of the registered engines. */
export function configOptions(engines: readonly string[]): Group {
  return group([
    formatVersion,
    {
      name: 'mode',
      text: 'Whether Fairlead only tells (`observe`) or also stops merges, deploys, heals and reverts as set below (`enforce`).',
      shape: choice('observe', 'enforce'),
      default: 'observe',
      examples: ['enforce'],
    },
    {
      name: 'environments',
      text: 'The stages things are deployed to, by name. An application belongs to the first one that matches.',
      shape: { kind: 'named', word: 'NAME', names: environmentName, of: group(environmentOptions(engines)) },
      default: {},
      examples: [{ prod: { match: 'apps/*/overlays/prod', clusters: ['prod-eu'] } }],
    },
    {
      name: 'applications',
      text: 'Names for applications, where the name found by their folder does not suit.',
      shape: { kind: 'named', word: 'NAME', names: applicationName, of: group([pathOption]) },
      default: {},
      examples: [{ checkout: { path: 'apps/checkout' } }],
    },
    tenancyOption(pathGlob),
    {
      name: 'policy',
      text: 'How grave the findings of checks are.',
      shape: group([rulesOption]),
      default: {},
      examples: [{ rules: { 'image-latest': 'block' } }],
    },
    {
      name: 'comment',
      text: 'When a review is told in a comment, beside its check.',
      shape: group([whenOption]),
      default: {},
      examples: [{ when: 'findings' }],
    },
    {
      name: 'render',
      text: 'How applications are rendered.',
      shape: group([helmOption]),
      default: {},
      examples: [{ helm: 'v3' }],
    },
    {
      name: 'argocd',
      text: 'What the Argo CD that deploys this repository knows, for whoever reviews without access to it. What the file of the server lets Fairlead read wins.',
      shape: group(argocdOptions),
      default: {},
      examples: [{ clusters: { 'prod-eu': { server: 'https://10.0.0.1:6443' } } }],
    },
  ]);
}

const whenOption: Option = {
  name: 'when',
  text: 'Which pulls get a review comment: those that change something (`changes`), those with a finding of caution or above or that could not be judged whole (`findings`), all, or none. A comment that stands is kept up to date in any case.',
  shape: choice('changes', 'findings', 'always', 'never'),
  default: 'changes',
  examples: ['always'],
};

const helmOption: Option = {
  name: 'helm',
  text: 'The Helm that whoever deploys charts has: `v4` (Argo CD since 3.4, Flux since 2.8) or `v3`. Both render differently in places. Left out, it is found by the version of the controller, where the repository or the cluster shows it, else it is `v4`.',
  shape: choice('v4', 'v3'),
  default: null,
  examples: ['v3'],
};

function environmentOptions(engines: readonly string[]): readonly Option[] {
  return [
    {
      name: 'match',
      text: 'Globs on the folder of an application or one of its values files: `*` within a segment, `**` across segments. What they do not match is not part of the environment. Without any, the name of the environment in the path decides.',
      shape: { kind: 'texts', rule: pathGlob, alone: true },
      default: [],
      examples: ['apps/*/overlays/prod', ['apps/*/prod', 'charts/*/values-prod.yaml']],
    },
    {
      name: 'branch',
      text: 'Branch whose merges deploy here; without it, the default branch of the repository.',
      shape: { kind: 'text', rule: branchName },
      default: null,
      examples: ['main'],
    },
    {
      name: 'clusters',
      text: 'Clusters of the environment: kubeconfig contexts the server was told of. Without any, those the server maps to this environment.',
      shape: { kind: 'texts', rule: contextName, alone: false },
      default: [],
      examples: [['prod-eu', 'prod-us']],
    },
    {
      name: 'deploy',
      text: 'When and how a change is brought to the clusters.',
      shape: group(deployOptions(engines)),
      default: {},
      examples: [{ on: 'merge' }],
    },
    action('onFailure', 'What happens when a deployment fails: nothing, or a pull that takes the change back.', [
      'none',
      'revert-pr',
    ]),
    action(
      'onDrift',
      'What happens when a cluster differs from Git: it is reported, put right, or offered to Git by a pull.',
      ['report', 'heal', 'adopt-pr'],
    ),
  ];
}

function deployOptions(engines: readonly string[]): readonly Option[] {
  return [
    {
      name: 'on',
      text: 'What starts a deployment: a merge, only the command `/fairlead deploy`, or nothing.',
      shape: choice('merge', 'command', 'never'),
      default: 'never',
      examples: ['merge'],
    },
    {
      name: 'engine',
      text: 'Who changes the clusters.',
      shape: choice(...engines),
      default: 'apply',
      examples: engines.slice(0, 1),
    },
    {
      name: 'after',
      text: 'Deploys only once the same commit was healthy in another environment.',
      shape: optional(afterOptions),
      default: null,
      examples: [{ environment: 'staging', healthyFor: '3m' }],
    },
    {
      name: 'approvals',
      text: 'People who must have approved the pull before it is deployed here.',
      shape: optional(approvalOptions),
      default: null,
      examples: [{ count: 1, teams: ['acme/sre'] }],
    },
  ];
}

const environmentName: TextRule = {
  pattern: '^[A-Za-z](?:[A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$',
  is: 'a name of an environment: a letter, then letters, digits, dots, dashes and underscores, at most 63',
};

const applicationName: TextRule = {
  pattern: '^[A-Za-z](?:[A-Za-z0-9._/-]{0,125}[A-Za-z0-9])?$',
  is: 'a name of an application: a letter, then letters, digits, dots, dashes, underscores and slashes, at most 127',
};

const ruleName: TextRule = {
  pattern: '^[a-z][a-z0-9]*(?:-[a-z0-9]+)*$',
  is: 'the id of a rule, which is lower-case words joined by dashes',
};

const relativePath = '(?!/)(?!(?:.*/)?\\.\\.(?:/|$))[^\\\\\\x00-\\x1f]{1,500}$';

const repositoryPath: TextRule = {
  pattern: `^${relativePath}`,
  is: 'a folder inside the repository, written from its root',
};

/** A glob of paths of the repository. */
export const pathGlob: TextRule = {
  pattern: `^${relativePath}`,
  is: 'a glob of paths inside the repository, written from its root',
};

const branchName: TextRule = {
  pattern: '^(?![-/])(?!.*\\.\\.)[^\\s~^:?*\\[\\\\\\x00-\\x1f]+$',
  is: 'the name of a branch',
};

const contextName: TextRule = { pattern: '^[^\\s\\x00-\\x1f]+$', is: 'the name of a kubeconfig context' };

const teamName: TextRule = { pattern: '^[A-Za-z0-9][\\w.-]*(?:/[A-Za-z0-9][\\w.-]*)+$', is: 'a team such as org/team' };

const afterOptions: readonly Option[] = [
  {
    name: 'environment',
    text: 'The environment that must be healthy first.',
    shape: { kind: 'text', rule: environmentName },
    default: null,
    examples: ['staging'],
    required: true,
  },
  {
    name: 'healthyFor',
    text: `For how long it must have been healthy, as in \`90s\`, \`3m\`, \`1h30m\`.`,
    shape: { kind: 'duration' },
    default: 0,
    examples: ['3m'],
  },
];

const approvalOptions: readonly Option[] = [
  {
    name: 'count',
    text: 'How many people.',
    shape: { kind: 'count', least: 1, most: 20 },
    default: 1,
    examples: [2],
  },
  {
    name: 'teams',
    text: 'Teams one of which each of these people belongs to; without any, everybody counts whose approval the forge counts.',
    shape: { kind: 'texts', rule: teamName, alone: false },
    default: [],
    examples: [['acme/sre']],
  },
];

const pathOption: Option = {
  name: 'path',
  text: 'Folder of the application from the root of the repository. What is found in it, in any environment, gets this name.',
  shape: { kind: 'text', rule: repositoryPath },
  default: null,
  examples: ['apps/checkout'],
  required: true,
};

const rulesOption: Option = {
  name: 'rules',
  text: 'Severity of a rule, by its id, or `off`. The rules about risks: docs/rules.md. What lies outside the tenancy always blocks.',
  shape: { kind: 'named', word: 'RULE', names: ruleName, of: choice('block', 'caution', 'note', 'off') },
  default: {},
  examples: [{ 'image-latest': 'block' }],
};

/** What a duration must look like. */
export const durationRule: TextRule = { pattern: durationPattern, is: 'a duration such as 90s, 3m or 1h30m' };

/** An option that holds nothing but which action is taken. The first one is the default. */
function action(name: string, text: string, actions: readonly [string, ...string[]]): Option {
  const examples = actions.slice(1, 2);
  const only: Option = { name: 'action', text, shape: choice(...actions), default: actions[0], examples };
  return { name, text, shape: group([only]), default: {}, examples: [{ action: examples[0] ?? actions[0] }] };
}
