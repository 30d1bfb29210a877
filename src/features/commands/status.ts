import { statusText } from '../../gitops/report/status.ts';
import type { Command } from './command.ts';
import { nothing } from './words.ts';

export const status: Command = {
  name: 'status',
  usage: 'status',
  text: 'Shows where the deployments of this pull stand; on the drift board, those of every environment.',
  on: ['pull', 'issue'],
  role: () => 'read',
  teams: () => [],
  parse: nothing,
  decide: ({ deployments, pauses, settings, problem, limit }) => [
    { kind: 'answer', text: statusText({ deployments, pauses, mode: settings.mode, problem }, limit) },
  ],
};
