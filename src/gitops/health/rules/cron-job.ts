import { pick } from '../../../model/json.ts';
import { dateAt, objectsAt } from '../fields.ts';
import { type HealthRule, healthy, suspended } from '../rule.ts';

/** Stored is healthy. A run that failed is told, but speaks of the run: no deployment waits for it or is undone for it. */
export const cronJob: HealthRule = {
  group: 'batch',
  kind: 'CronJob',
  assess(object) {
    if (pick(object, 'spec', 'suspend') === true) return suspended('Suspended', 'spec.suspend is true.');
    const last = dateAt(object, 'status', 'lastScheduleTime');
    const good = dateAt(object, 'status', 'lastSuccessfulTime');
    const isRunning = objectsAt(object, 'status', 'active').length > 0;
    if (last === null || isRunning || (good !== null && good >= last)) return healthy();
    return healthy(`The run scheduled at ${last.toISOString()} has not ended well.`);
  },
};
