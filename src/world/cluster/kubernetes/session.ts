import type { Redactor } from '../../../formats/redaction/redactor.ts';
import type { JsonObject } from '../../../model/json.ts';
import type { Catalogue } from './catalogue.ts';
import type { DocumentCache } from './document-cache.ts';
import type { ClusterLimits } from './limits.ts';
import type { Transport } from './transport.ts';

/** What the calls to one API server share. */
export interface Session {
  readonly transport: Transport;
  readonly catalogue: Catalogue;
  readonly limits: ClusterLimits;
  readonly redactor: Redactor;
  readonly documents: DocumentCache;
  /** The only way out for an object. */
  mask(object: JsonObject): JsonObject;
  /** What an object was made of that left by `mask`; it never leaves itself. undefined for others. */
  unmasked(object: JsonObject): JsonObject | undefined;
}
