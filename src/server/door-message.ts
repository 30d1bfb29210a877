import type { Job, JobOptions } from '../model/jobs.ts';
import type { LogFields } from '../tools/log/around.ts';
import type { Meter } from '../tools/metrics/metrics.ts';
import type { Answer } from './answer.ts';
import type { Asked } from './asked.ts';
import type { BodyOutcome } from './body.ts';
import type { ServerDeadlines } from './http.ts';
import type { StorePlace } from './open-store.ts';
import type { ReceiverSpec } from './receivers.ts';

/** What the thread that takes webhooks in is started with. */
export interface DoorSettings {
  readonly host: string;
  readonly port: number;
  readonly deadlines: ServerDeadlines;
  readonly receivers: readonly ReceiverSpec[];
  readonly store: StorePlace;
  /** What traces are sent by; null: nobody listens. */
  readonly traces: {
    readonly environment: Readonly<Record<string, string | undefined>>;
    readonly version: string;
  } | null;
}

/** What happened at the door, for the log, the figures and the queue, which are the main thread's. */
export type Told =
  | {
      readonly kind: 'log';
      readonly level: 'info' | 'warn' | 'error';
      /** Of the work around it. */
      readonly fields: LogFields;
      readonly facts: object;
      readonly message: string;
    }
  | { readonly kind: 'count'; readonly with: Parameters<Meter['count']> }
  | { readonly kind: 'observe'; readonly with: Parameters<Meter['observe']> }
  | { readonly kind: 'added'; readonly job: Job; readonly options: JobOptions };

/** From the door. */
export type DoorSays =
  | { readonly kind: 'listens'; readonly url: string }
  | { readonly kind: 'failed'; readonly fault: DoorFault }
  | { readonly kind: 'told'; readonly all: readonly Told[] }
  /** A request that is no webhook; answered under its number. */
  | {
      readonly kind: 'asked';
      readonly id: number;
      readonly asked: Omit<Asked, 'readBody'>;
      readonly isDraining: boolean;
    }
  | { readonly kind: 'body'; readonly id: number; readonly outcome: BodyOutcome };

/** To the door. */
export type DoorHears =
  | { readonly kind: 'answer'; readonly id: number; readonly answer: Answer | null }
  | { readonly kind: 'read-body'; readonly id: number; readonly limit: number }
  | { readonly kind: 'retire' }
  | { readonly kind: 'close' };

/** An error as it is said across threads. */
export interface DoorFault {
  readonly code: string;
  readonly subject: string;
  readonly message: string;
  readonly remedy: string;
}
