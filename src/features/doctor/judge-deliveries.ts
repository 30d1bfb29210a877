import type { DeliveryFacts } from '../../world/forge/inspect.ts';
import type { Diagnosis, Teller } from './diagnosis.ts';

/** What to do about deliveries, where a webhook is set up. */
export interface DeliveryFixes {
  /** Where to look instead: `Look at Advanced in the settings of the App.` */
  readonly unreadable: string;
  /** What brings about a first one. */
  readonly none: string;
  /** Where the secret is set, theirs and ours. */
  readonly secret: string;
}

/** Judges a webhook by how its last deliveries fared. */
export function judgeDeliveries(
  tell: Teller,
  deliveries: readonly DeliveryFacts[] | null,
  fixes: DeliveryFixes,
): Diagnosis {
  const check = 'deliveries';
  if (deliveries === null) return tell.unknown('they may not be read', fixes.unreadable, check);
  const [last] = deliveries;
  if (last === undefined) return tell.warning('none yet: nothing is known of its reachability', fixes.none, check);
  if (last.status === 401)
    return tell.fault('the last one was refused (401): its signature did not match our secret', fixes.secret, {
      check: 'webhook secret',
      kind: 'forbidden',
    });
  if (!isThrough(last))
    return tell.fault(
      `the last one ${answer(last.status)}`,
      'Make the address reachable from the forge, or set poll.',
      { check, kind: 'unreachable' },
    );
  const failed = deliveries.filter((delivery) => !isThrough(delivery)).length;
  if (failed === 0) return tell.ok(`the last ${deliveries.length} arrived`, check);
  return tell.warning(
    `the last arrived; ${failed} of ${deliveries.length} did not`,
    'They are asked for again when the server runs.',
    check,
  );
}

function isThrough({ status }: DeliveryFacts): boolean {
  return status >= 200 && status <= 299;
}

function answer(status: number): string {
  return status === 0 ? 'got no answer' : `was answered with ${status}`;
}
