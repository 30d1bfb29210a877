import { createRedactor, type Redactor } from '../../../src/formats/redaction/redactor.ts';
import type { JsonObject } from '../../../src/model/json.ts';

const key = new Uint8Array(32).fill(7);
export const lastApplied = 'kubectl.kubernetes.io/last-applied-configuration';

export function redactor(maxCharacters?: number): Redactor {
  return createRedactor(maxCharacters === undefined ? { key } : { key, maxCharacters });
}

export function secret(values: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'login' }, ...values };
}

export function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
