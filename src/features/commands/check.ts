import { onlyOpen, reviewing } from '../../gitops/report/command-phrases.ts';
import { beginJob } from '../../model/queued.ts';
import type { Command } from './command.ts';
import { answer, enqueue, refuse } from './says.ts';
import { nothing } from './words.ts';

export const check: Command = {
  name: 'check',
  usage: 'check',
  text: 'Reviews the pull again, with the live state of now.',
  on: ['pull'],
  role: () => 'triage',
  teams: () => [],
  parse: nothing,
  decide: (facts) =>
    facts.pull?.state === 'open'
      ? [...enqueue(beginJob(facts.repo, facts.pull.number, { head: null, before: null })), answer(facts, reviewing())]
      : refuse(facts, onlyOpen()),
};
