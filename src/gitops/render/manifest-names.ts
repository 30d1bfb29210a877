/** An object that a file seems to write down, or to generate. */
export interface NamedPlace {
  readonly kind: string;
  readonly name: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** Kinds and names of the documents of a manifest, read off its lines without decoding it. */
export function manifestNames(file: string, text: string): readonly NamedPlace[] {
  const places: NamedPlace[] = [];
  let found = new Outline();
  const close = () => {
    if (found.kind !== '' && found.name !== '')
      places.push({ kind: found.kind, name: found.name, file, line: found.line });
    found = new Outline();
  };
  for (const [index, row] of text.split('\n').entries()) {
    if (row.startsWith('---')) close();
    else found.read(row, index + 1);
  }
  close();
  return places;
}

/** ConfigMaps and Secrets that a kustomization, or the configuration of a generator, generates. */
export function generatedNames(file: string, text: string): readonly NamedPlace[] {
  const places: NamedPlace[] = [];
  let kind = '';
  for (const [index, row] of text.split('\n').entries()) {
    kind = generatedKind(row) ?? kind;
    const name = /^[\s-]*(?:\{\s*)?["']?name["']?:\s*["']?([^"'\s,}]+)/.exec(row)?.[1];
    if (kind !== '' && name !== undefined) places.push({ kind, name, file, line: index + 1 });
  }
  return places;
}

const generators: Readonly<Record<string, string>> = {
  configMapGenerator: 'ConfigMap',
  secretGenerator: 'Secret',
  ConfigMapGenerator: 'ConfigMap',
  SecretGenerator: 'Secret',
};

/** The kind that the rows below this one generate: '' for none, undefined when the row does not say. */
function generatedKind(row: string): string | undefined {
  const field = /^([A-Za-z]\w*):\s*["']?(\w*)/.exec(row);
  if (field === null || field[1] === 'metadata') return undefined;
  return (
    generators[(field[1] === 'kind' ? field[2] : field[1]) ?? ''] ?? (field[1] === 'kind' ? '' : generatorEnd(field))
  );
}

/** `name` and the like at the top of a generator's own configuration do not end it; another list of a kustomization does. */
function generatorEnd(field: RegExpExecArray): string | undefined {
  return field[2] === '' ? '' : undefined;
}

/** What the rows of one document have told so far. */
class Outline {
  kind = '';
  name = '';
  line = 0;
  #field = '';
  #depth = 0;

  read(row: string, line: number): void {
    const top = /^["']?([A-Za-z]+)["']?:(.*)$/.exec(row);
    if (top !== null) {
      this.#field = top[1] ?? '';
      this.line ||= line;
      this.#readField(top[2] ?? '');
    } else if (this.#field === 'metadata') {
      this.#readMetadata(row);
    }
  }

  /** Only what stands as deep as the first row below `metadata:` is a field of it: labels may hold a `name` too. */
  #readMetadata(row: string): void {
    const field = /^( +)["']?(\w+)["']?:(.*)$/.exec(row);
    this.#depth ||= field?.[1]?.length ?? 0;
    if (field?.[2] === 'name' && field[1]?.length === this.#depth) this.name ||= scalar(field[3] ?? '');
  }

  #readField(value: string): void {
    if (this.#field === 'kind') this.kind = scalar(value);
    if (this.#field === 'metadata') this.name ||= /[{,]\s*["']?name["']?:\s*["']?([^"',}\s]+)/.exec(value)?.[1] ?? '';
  }
}

function scalar(text: string): string {
  return /^\s*["']?([^"'\s#]+)/.exec(text)?.[1] ?? '';
}
