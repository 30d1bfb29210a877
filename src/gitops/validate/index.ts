import type { Check } from './check.ts';
import { identityCheck } from './identity-check.ts';
import { metadataCheck } from './metadata-check.ts';
import { policyCheck } from './policy-check.ts';
import { removedApiCheck } from './removed-api-check.ts';
import { schemaCheck } from './schema-check.ts';

/** Every check, in the order its findings are told. */
export const checks: readonly Check[] = [schemaCheck, removedApiCheck, metadataCheck, identityCheck, policyCheck];
