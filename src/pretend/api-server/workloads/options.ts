import type { JsonObject } from '../../../model/json.ts';

/** What a pod is made from: metadata (labels, annotations) and spec. */
export type PodTemplate = JsonObject;

/** How the controllers of a pretend cluster behave. */
export interface WorkloadOptions {
  /** Milliseconds until a new pod is ready, has failed or has done its work. Default 100. */
  readonly podMs?: number;
  /** How much faster than in a real cluster long times pass: progress deadlines, minReadySeconds, ttlSecondsAfterFinished. Default 1. */
  readonly speed?: number;
  /** Whether pods of a template fail, and how; null lets them run. The annotation `kwok.fail` of a template says so as well. */
  readonly fails?: (template: PodTemplate) => PodFailure | null;
  /** Calls back after so many milliseconds; gives what cancels the call. Default: timers of the process. */
  readonly later?: Later;
  /** Hears of what a controller could not do; the API server goes on. */
  readonly onFault?: (fault: Error) => void;
}

/** How the pods of a template fail. */
export interface PodFailure {
  readonly reason: 'CrashLoopBackOff' | 'ImagePullBackOff';
  /** Of a crash. Default 1. */
  readonly exitCode?: number;
  /** What the kubelet says of the container. Default: what it says of such a failure. */
  readonly message?: string;
  /** All that a crashing container writes before it ends. */
  readonly logs: string;
  /** The container that fails; the first one by default. The others run. */
  readonly container?: string;
}

export type Later = (call: () => void, milliseconds: number) => () => void;

export const timers: Later = (call, milliseconds) => {
  const timer = setTimeout(call, milliseconds);
  return () => clearTimeout(timer);
};
