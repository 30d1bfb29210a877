import type { Check } from './check.ts';
import { identityCheck } from './identity-check.ts';
import { metadataCheck } from './metadata-check.ts';
import { schemaCheck } from './schema-check.ts';

/** Every check, in the order its findings are told. */
export const checks: readonly Check[] = [schemaCheck, metadataCheck, identityCheck];
