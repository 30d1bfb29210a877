import { pickText } from '../../../model/json.ts';
import { conditionOf } from '../fields.ts';
import { failed, type HealthRule, healthy, progressing } from '../rule.ts';

/** Flagger's canary: promoted, or failed its analysis. */
export const canary: HealthRule = {
  group: 'flagger.app',
  kind: 'Canary',
  assess(object) {
    const phase = pickText(object, 'status', 'phase') ?? '';
    const message = conditionOf(object, 'Promoted')?.message ?? null;
    if (phase === 'Failed') return failed('CanaryFailed', message);
    if (phase === 'Succeeded' || phase === 'Initialized') return healthy();
    return progressing(phase || 'NotObserved', message);
  },
};
