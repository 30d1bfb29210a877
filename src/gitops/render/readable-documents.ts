import { decodeYaml } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';

/** The documents of a file that a renderer has read already; none where it reads otherwise than Kubernetes, which is told elsewhere. */
export function readableDocuments(file: string, bytes: Uint8Array): ReturnType<typeof decodeYaml> {
  try {
    return decodeYaml({ file, bytes });
  } catch (error) {
    if (error instanceof FairleadError) return [];
    throw error;
  }
}
