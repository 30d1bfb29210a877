import type { ReviewTools } from '../../src/features/review/request.ts';
import { createRedactor } from '../../src/formats/redaction/redactor.ts';

const redactor = createRedactor({ key: new Uint8Array(32).fill(9) });

/** Redaction of reviews that meet no secret. */
export const openRedaction: Pick<ReviewTools, 'redact' | 'within'> = {
  redact: redactor.text,
  within: redactor.within(new Uint8Array(32).fill(9)),
};
