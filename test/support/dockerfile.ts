/** One instruction of a Dockerfile: its word and what follows, continued lines joined. */
export interface Instruction {
  readonly word: string;
  readonly text: string;
}

/** A build stage, from its FROM line. */
export interface Stage {
  readonly image: string;
  readonly name: string | null;
  readonly instructions: readonly Instruction[];
}

/** Splits a Dockerfile into its stages. */
export function parseDockerfile(text: string): readonly Stage[] {
  const lines = text.replace(/\\\r?\n\s*/g, ' ').split(/\r?\n/);
  const instructions = lines
    .filter((line) => /^[A-Z]+ /.test(line))
    .map(
      (line): Instruction => ({ word: line.split(' ', 1)[0] ?? '', text: line.slice(line.indexOf(' ') + 1).trim() }),
    );
  const stages: Stage[] = [];
  for (const instruction of instructions) {
    if (instruction.word === 'FROM') {
      const [image = '', , name] = instruction.text.split(/\s+/);
      stages.push({ image, name: name ?? null, instructions: [] });
    } else {
      const stage = stages.pop();
      if (stage === undefined) throw new Error(`${instruction.word} stands before FROM`);
      stages.push({ ...stage, instructions: [...stage.instructions, instruction] });
    }
  }
  return stages;
}

/** The settings of an ENV instruction. */
export function parseEnv(text: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...text.matchAll(/(\w+)=("[^"]*"|\S+)/g)].map((match) => [match[1] ?? '', (match[2] ?? '').replaceAll('"', '')]),
  );
}

/** The words of a JSON-form instruction (`["a", "b"]`). */
export function parseWords(text: string): readonly string[] {
  return JSON.parse(text) as readonly string[];
}
