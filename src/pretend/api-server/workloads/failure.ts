import { isJsonList, pick, pickText } from '../../../model/json.ts';
import type { PodFailure, PodTemplate, WorkloadOptions } from './options.ts';

/** How a pod fails: as its annotation `kwok.fail` says, else as the server was told; null when it runs. */
export function failureOf(pod: PodTemplate, { fails }: Pick<WorkloadOptions, 'fails'>): PodFailure | null {
  const reason = pickText(pod, 'metadata', 'annotations', 'kwok.fail');
  if (reason === 'CrashLoopBackOff' || reason === 'ImagePullBackOff') return { reason, logs: '' };
  return fails?.(pod) ?? null;
}

/** The images of a template's containers, in order: what most failures are told by. */
export function imagesOf(template: PodTemplate): readonly string[] {
  const containers = pick(template, 'spec', 'containers');
  return isJsonList(containers) ? containers.map((container) => pickText(container, 'image') ?? '') : [];
}
