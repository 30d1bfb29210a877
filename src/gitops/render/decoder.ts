import type { Decoded } from '../../formats/yaml/decode.ts';
import { createDecoder as createYamlDecoder } from '../../formats/yaml/decoder.ts';
import type { DecodeLimits } from '../../formats/yaml/limits.ts';
import type { DecodeInput } from '../../formats/yaml/read.ts';

/** Decodes files of manifests in a thread of its own, all of them or none. */
export interface Decoder {
  /** Throws `FairleadError` `decode-failed` (subject file:line) of the first file that cannot be decoded. */
  decode(files: readonly DecodeInput[], signal: AbortSignal): Promise<readonly Decoded[]>;
  /** Starts the thread ahead of the first file. */
  start(): void;
  close(): Promise<void>;
}

/** What a chart may render to: more than people write into one file, as all its custom resource definitions come together. */
const limits: Partial<DecodeLimits> = { bytes: 32 * 1024 * 1024, nodes: 2_000_000 };

/** Makes a decoder; its thread starts with the first file. */
export function createDecoder(deadlineMs: number): Decoder {
  const decoder = createYamlDecoder({ workers: 1, deadlineMs, limits });
  return {
    decode: async (files, signal) => {
      const outcomes = await decoder.decode(files, signal);
      return outcomes.map((outcome) => {
        if (outcome.kind === 'failed') throw outcome.error;
        return outcome.decoded;
      });
    },
    start: () => decoder.start(),
    close: () => decoder.close(),
  };
}
