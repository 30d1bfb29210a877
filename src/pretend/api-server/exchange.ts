import type { IncomingHttpHeaders } from 'node:http';
import type { JsonObject } from '../../model/json.ts';

/** One request, read to its end. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** One answer. A text body is sent as it is. */
export interface ApiAnswer {
  readonly code: number;
  readonly body: JsonObject | string;
  readonly type?: string;
  readonly warnings?: readonly string[];
}

/** 200 with an object. */
export function ok(body: JsonObject | string, type?: string): ApiAnswer {
  return { code: 200, body, ...(type !== undefined && { type }) };
}
