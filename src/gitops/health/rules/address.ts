import type { JsonObject } from '../../../model/json.ts';
import { dateAt, objectsAt, secondsSince } from '../fields.ts';
import { type Assessment, type HealthContext, healthy, progressing } from '../rule.ts';

/** Many clusters have nothing that publishes addresses; after this long it is only told. Seconds. */
const addressAfter = 300;

/** Whether a load balancer has an address. Never a failure. */
export function byAddress(object: JsonObject, context: HealthContext): Assessment {
  if (objectsAt(object, 'status', 'loadBalancer', 'ingress').length > 0) return healthy();
  const said = 'No load balancer has given it an address yet.';
  const age = secondsSince(dateAt(object, 'metadata', 'creationTimestamp'), context.now);
  return age < addressAfter ? progressing('NoAddress', said) : healthy(said);
}
