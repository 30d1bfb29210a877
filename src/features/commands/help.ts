import { helpText } from '../../gitops/report/answers.ts';
import type { Command } from './command.ts';
import { args } from './words.ts';

export const help: Command = {
  name: 'help',
  usage: 'help',
  text: 'Lists the commands that work here.',
  on: ['pull', 'issue'],
  role: () => 'read',
  teams: () => [],
  parse: () => args({}),
  decide: (facts) => [{ kind: 'answer', text: helpText(facts.help, facts.thread.kind) }],
};
