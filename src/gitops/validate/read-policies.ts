import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { decodeManifests } from '../../formats/yaml/decode.ts';
import { FairleadError } from '../../model/error.ts';
import type { JsonObject } from '../../model/json.ts';

/**
 * The policies of a folder that has one folder for each: the objects of its `policy.yaml` and `binding.yaml`, in the order
 * of the folders' names. Throws `FairleadError`: `policies-missing`, `policy-invalid`, `decode-failed`.
 */
export async function readPolicyFolder(folder: string): Promise<readonly JsonObject[]> {
  const names = await readdir(folder).catch((cause: unknown) => {
    throw new FairleadError({
      code: 'policies-missing',
      message: `The folder of policies ${folder} cannot be read.`,
      subject: folder,
      remedy: 'Install Fairlead again; it brings this folder.',
      cause,
    });
  });
  const files = names.sort().flatMap((name) => [join(folder, name, 'policy.yaml'), join(folder, name, 'binding.yaml')]);
  const texts = await Promise.all(files.map(async (file) => ({ file, bytes: await readFile(file) })));
  return texts.flatMap(policiesIn);
}

/** The policies and bindings of one file. Throws `FairleadError`: `policy-invalid`, `decode-failed`. */
export function policiesIn(file: { readonly file: string; readonly bytes: Uint8Array }): readonly JsonObject[] {
  return decodeManifests(file).resources.map(({ id, object }) => {
    if (id.group === 'admissionregistration.k8s.io' && policyKinds.has(id.kind)) return object;
    throw new FairleadError({
      code: 'policy-invalid',
      message: `${file.file} holds a ${id.kind} among the policies.`,
      subject: file.file,
      remedy: 'Keep only ValidatingAdmissionPolicy and ValidatingAdmissionPolicyBinding objects in it.',
    });
  });
}

const policyKinds = new Set(['ValidatingAdmissionPolicy', 'ValidatingAdmissionPolicyBinding']);
