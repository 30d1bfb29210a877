import { compileSelector } from '../../../formats/argocd/label-selector.ts';
import { isJsonList, type JsonObject, pick, pickObject, pickTexts } from '../../../model/json.ts';
import type { Risk } from '../rule.ts';
import { type Kind, namesOf } from './lister.ts';
import type { LiveRule, LiveSubject, LiveWorld } from './live-rule.ts';

const pod: Kind = { group: '', version: 'v1', kind: 'Pod' };
const policyKind: Kind = { group: 'networking.k8s.io', version: 'v1', kind: 'NetworkPolicy' };

type Direction = 'Ingress' | 'Egress';

async function isolates({ head }: LiveSubject, { lister }: LiveWorld): Promise<readonly Risk[]> {
  const { namespace } = head.id;
  if (namespace === null) return [];
  const [pods, policies] = await Promise.all([
    lister.list(pod, namespace),
    lister.list(policyKind, namespace, 'whole'),
  ]);
  if (pods === null || policies === null) return [];
  return directionsOf(head.object).flatMap((direction): readonly Risk[] => {
    const standing = policies.items.filter((policy) => directionsOf(policy).includes(direction));
    const cut = pods.items.filter(
      (item) => selects(head.object, item) && !standing.some((policy) => selects(policy, item)),
    );
    return cut.length === 0 ? [] : [{ message: words(head.object, direction, cut), at: ['spec', 'podSelector'] }];
  });
}

function words(policy: JsonObject, direction: Direction, pods: readonly JsonObject[]): string {
  const rules = pick(policy, 'spec', direction.toLowerCase());
  const isAll = isJsonList(rules) && rules.length > 0;
  const who = `${pods.length} ${pods.length === 1 ? 'Pod' : 'Pods'} (${namesOf(pods)})`;
  const then = isAll ? 'only what it names' : 'nobody';
  return direction === 'Ingress'
    ? `${who} may be reached by everybody now, and by ${then} with it`
    : `${who} may reach everybody now, and ${then} with it`;
}

/** As the API server fills it in: always incoming traffic, and outgoing where there are rules for it. */
function directionsOf(policy: JsonObject): readonly Direction[] {
  const types = pick(policy, 'spec', 'policyTypes');
  if (isJsonList(types) && types.length > 0)
    return (['Ingress', 'Egress'] as const).filter((direction) => types.includes(direction));
  const egress = pick(policy, 'spec', 'egress');
  return isJsonList(egress) && egress.length > 0 ? ['Ingress', 'Egress'] : ['Ingress'];
}

function selects(policy: JsonObject, item: JsonObject): boolean {
  try {
    return compileSelector(pickObject(policy, 'spec', 'podSelector'))(pickTexts(item, 'metadata', 'labels'));
  } catch (error) {
    // A selector that is none is told by the server, which takes no such policy.
    if (error instanceof SyntaxError) return false;
    throw error;
  }
}

/** What a network policy does to Pods that no policy is about yet. */
export const networkRule: LiveRule = {
  ...{ id: 'netpol-isolates', severity: 'caution', kinds: ['networking.k8s.io/NetworkPolicy'], judgeLive: isolates },
  when: 'A NetworkPolicy is the first that selects Pods which run.',
  why: 'A Pod that no policy selects talks to everybody; with the first one everything else is cut off at once.',
  fix: 'See that it names all who talk to these Pods, DNS among them where outgoing traffic is meant.',
};
