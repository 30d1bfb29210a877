import type { Finding } from '../../model/finding.ts';
import type { Json } from '../../model/json.ts';
import type { Resource, ResourceId } from '../../model/resource.ts';
import { type DocumentMemory, noMemory } from './document-memory.ts';
import { type DecodeInput, readDocuments } from './read.ts';
import { toFindings } from './remarks.ts';
import { sortDocument } from './resources.ts';

/** A document that is no Kubernetes object: it has no apiVersion or no kind. */
export interface OtherDocument {
  readonly file: string;
  /** 1-based. */
  readonly line: number;
  readonly value: Json;
}

/** What a file of manifests holds. */
export interface Decoded {
  /** In the order of the file, lists flattened. The namespace is the written one. */
  readonly resources: readonly Resource[];
  /** Scalars that read otherwise than they look, duplicate keys, documents kubectl ignores. */
  readonly findings: readonly Finding[];
  readonly other: readonly OtherDocument[];
}

/** A plain YAML or JSON document with its lines. */
export interface YamlDocument {
  readonly value: Json;
  /** 1-based. */
  readonly line: number;
  /** JSON pointer -> 1-based line. */
  readonly lines: ReadonlyMap<string, number>;
}

/**
 * The Kubernetes objects of a YAML or JSON file, equal to what kubectl reads from it. Throws `FairleadError` code
 * `decode-failed` with subject `file:line` for broken syntax and for every budget that runs out.
 */
export function decodeManifests(input: DecodeInput, memory: DocumentMemory = noMemory): Decoded {
  const { file } = input;
  const { documents, budget } = readDocuments(input, memory);
  const resources: Resource[] = [];
  const findings: Finding[] = [];
  const other: OtherDocument[] = [];
  for (const document of documents) {
    const sorted = sortDocument(document, file);
    for (const resource of sorted.resources.slice(1)) budget.spendDocument(resource.source?.line ?? 1);
    for (const resource of sorted.resources) resources.push(resource);
    for (const { line, value } of sorted.other) other.push({ file, line, value });
    if (document.remarks.length > 0) findings.push(...toFindings(document.remarks, file, onlyId(sorted.resources)));
  }
  return { resources, findings, other };
}

/** The documents of any YAML or JSON file by the same rules and budgets, null documents left out. */
export function decodeYaml(input: DecodeInput): readonly YamlDocument[] {
  return readDocuments(input)
    .documents.filter(({ value }) => value !== null)
    .map(({ value, lines }) => ({ value, line: lines.get('') ?? 1, lines }));
}

function onlyId(resources: readonly Resource[]): ResourceId | null {
  return resources.length === 1 ? (resources[0]?.id ?? null) : null;
}
