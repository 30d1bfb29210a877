import { FairleadError } from '../../model/error.ts';
import { serveTasks } from '../../tools/pool-worker.ts';
import { decodeManifests } from './decode.ts';
import type { DecodeTask } from './decoder.ts';
import { createDocumentMemory } from './document-memory.ts';
import { type DecodeAnswer, type Packed, packAnswers } from './pack.ts';
import type { RawFile } from './text.ts';

const memory = createDocumentMemory(16 * 1024 * 1024);

serveTasks<DecodeTask, Packed>(async () => ({ files, limits }) => {
  return packAnswers(files.map((file) => answer(file, limits)));
});

function answer(file: RawFile, limits: DecodeTask['limits']): DecodeAnswer {
  try {
    return { kind: 'decoded', decoded: decodeManifests({ ...file, limits }, memory) };
  } catch (error) {
    if (!(error instanceof FairleadError)) throw error;
    const { code, message, subject, remedy } = error;
    return { kind: 'failed', facts: { code, message, subject, remedy } };
  }
}
