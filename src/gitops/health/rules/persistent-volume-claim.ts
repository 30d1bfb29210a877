import { type JsonObject, pick, pickText } from '../../../model/json.ts';
import { failed, type HealthContext, type HealthRule, healthy, progressing } from '../rule.ts';

/** Bound, or waiting for its first consumer as its class says. */
export const persistentVolumeClaim: HealthRule = {
  group: '',
  kind: 'PersistentVolumeClaim',
  assess(object, context) {
    const phase = pickText(object, 'status', 'phase') ?? 'Pending';
    if (phase === 'Bound') return healthy();
    if (phase === 'Lost') return failed('Lost', 'The volume it was bound to is gone.');
    if (waitsForConsumer(object, context)) return healthy('It is bound when a pod first uses it.');
    return progressing(phase, `Its phase is ${phase}.`);
  },
};

function waitsForConsumer(object: JsonObject, { storageClass }: HealthContext): boolean {
  const selected = pick(object, 'metadata', 'annotations', 'volume.kubernetes.io/selected-node');
  const mode = pickText(storageClass, 'volumeBindingMode');
  return mode === 'WaitForFirstConsumer' && selected === undefined;
}
