import type { Json, JsonObject } from '../../../src/model/json.ts';
import type { Sent } from './support.ts';

/** One request, with a name for the report; it is sent to both servers and the answers must be equal. */
export interface DifferentialStep extends Sent {
  readonly title: string;
}

/** The path of something in apps/v1. */
export const apps = (ns: string, name: string) => `/apis/apps/v1/namespaces/${ns}/${name}`;
/** The path of something in v1. */
export const core = (ns: string, name: string) => `/api/v1/namespaces/${ns}/${name}`;

/** A pod template. */
export function template(containers: Json, more: Readonly<Record<string, Json>> = {}): JsonObject {
  return { metadata: { labels: { app: 'web' } }, spec: { containers, ...more } };
}

/** A container named web. */
export function container(more: Readonly<Record<string, Json>> = {}): JsonObject {
  return { name: 'web', image: 'nginx:1', ...more };
}
