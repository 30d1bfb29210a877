import { noSuchResource, notReviewed } from '../../gitops/report/command-phrases.ts';
import { explainText, waitingText } from '../../gitops/report/status.ts';
import type { Change } from '../../model/change.ts';
import { formatResource, type ResourceId } from '../../model/resource.ts';
import type { Command, CommandAction, CommandFacts } from './command.ts';
import { refuse } from './says.ts';
import { args } from './words.ts';

export const explain: Command = {
  name: 'explain',
  usage: 'explain [RESOURCE]',
  text: 'Says why deployments wait, or, for a resource such as Deployment shop/web, each path that changes and its cause.',
  on: ['pull'],
  role: () => 'read',
  teams: () => [],
  parse: (words) => args({ subject: words.join(' ') }),
  decide: (facts, { subject }) => (subject === '' ? explainWaits(facts) : explainResource(facts, subject)),
};

function explainWaits({ deployments, pauses, settings, problem, limit }: CommandFacts): readonly CommandAction[] {
  return [{ kind: 'answer', text: waitingText({ deployments, pauses, mode: settings.mode, problem }, limit) }];
}

function explainResource(facts: CommandFacts, subject: string): readonly CommandAction[] {
  if (facts.plan === null) return refuse(facts, notReviewed());
  const changes = facts.plan.targets.flatMap((target) => target.changes).filter(({ action }) => action !== 'none');
  const hits = changes.filter(({ resource }) => namesOf(resource).includes(subject.toLowerCase()));
  if (hits.length > 0) return [{ kind: 'answer', text: explainText(hits, facts.limit) }];
  return refuse(facts, noSuchResource(subject, changes.map(nameOf)));
}

function nameOf({ resource }: Change): string {
  return formatResource(resource);
}

/** The ways people write an object, lower case. */
function namesOf(id: ResourceId): readonly string[] {
  const { kind, name } = id;
  return [formatResource(id), `${kind} ${name}`, `${kind}/${name}`, name].map((text) => text.toLowerCase());
}
