import type { Decoded } from '../../formats/yaml/decode.ts';
import type { Finding } from '../../model/finding.ts';
import type { HelmSettings, Rendered, RenderInputs } from '../../model/renderer.ts';
import type { Resource } from '../../model/resource.ts';
import { assign, type Loose } from './assign.ts';
import type { Decoder } from './decoder.ts';
import { markRandom, type Placed } from './helm-compare.ts';
import type { HelmDocument, TemplateSuccess } from './helm-message.ts';

/** A render, and a second one with another clock and other random numbers where the chart draws on either. */
export interface RenderPair {
  readonly ok: true;
  readonly first: TemplateSuccess;
  /** Null where one render says it all. */
  readonly second: TemplateSuccess | null;
}

/** Leaves out what the settings skip, as Helm does when it prints. */
export function withoutSkipped(pair: RenderPair, skip: Pick<HelmSettings, 'skipCrds' | 'skipTests'>): RenderPair {
  const choose = (answer: TemplateSuccess): TemplateSuccess => ({
    ...answer,
    crds: skip.skipCrds ? [] : answer.crds,
    manifests: skip.skipTests ? answer.manifests.filter((document) => !isTest(document)) : answer.manifests,
  });
  return { ok: true, first: choose(pair.first), second: pair.second === null ? null : choose(pair.second) };
}

function isTest({ hook }: HelmDocument): boolean {
  return hook?.events.includes('test') ?? false;
}

/** What documents become resources with. */
export interface PlaceContext {
  readonly decoder: Decoder;
  readonly inputs: RenderInputs;
  readonly signal: AbortSignal;
}

/** Decodes what Helm printed. Throws `decode-failed` with the template's file and line. */
export async function placeDocuments(pair: RenderPair, context: PlaceContext): Promise<Rendered> {
  const documents = documentsOf(pair.first);
  const decoded = await decode(documents, context);
  const placed = documents.flatMap((document, index) => placeAll(document, decoded[index]));
  const marked = pair.second === null ? placed : markRandom(placed, await placeSecond(pair.second, context));
  const { namespace, objectNamespace = namespace, namespaced } = context.inputs;
  // Nothing gives hooks a namespace later.
  const hookNamespace = objectNamespace || namespace;
  return {
    resources: assign(marked.filter(({ isHook }) => !isHook).map(toLoose), { namespace: objectNamespace, namespaced }),
    hooks: assign(marked.filter(({ isHook }) => isHook).map(toLoose), { namespace: hookNamespace, namespaced }),
    findings: documents.flatMap((document, index) => findingsOf(document, decoded[index])),
  };
}

/** Definitions come first, as Helm installs them. */
function documentsOf({ crds, manifests }: TemplateSuccess): readonly HelmDocument[] {
  return [...crds, ...manifests];
}

async function placeSecond(second: TemplateSuccess, context: PlaceContext): Promise<readonly Placed[]> {
  const documents = documentsOf(second);
  const decoded = await decode(documents, context);
  return documents.flatMap((document, index) => placeAll(document, decoded[index]));
}

function decode(documents: readonly HelmDocument[], { decoder, signal }: PlaceContext): Promise<readonly Decoded[]> {
  const files = documents.map(({ file, content }) => ({ file, bytes: new TextEncoder().encode(content) }));
  return decoder.decode(files, signal);
}

function placeAll(document: HelmDocument, decoded: Decoded | undefined): readonly Placed[] {
  return (decoded?.resources ?? []).map((resource) => ({
    origin: `${document.path}\0${resource.id.kind}`,
    isHook: document.hook !== null,
    resource: { ...resource, source: { file: document.file, line: document.line }, lines: new Map() },
  }));
}

function toLoose({ resource }: { readonly resource: Resource }): Loose {
  const { object, source, lines, random } = resource;
  return { object, source, lines, random };
}

/** Lines inside the output say nothing to people: the template's document is what they can open. */
function findingsOf({ file, line }: HelmDocument, decoded: Decoded | undefined): readonly Finding[] {
  const remarks = (decoded?.findings ?? []).map((finding) => ({ ...finding, file, line }));
  const strange = (decoded?.other ?? []).map(
    (): Finding => ({
      rule: 'not-a-resource',
      severity: 'block',
      target: null,
      resource: null,
      file,
      line,
      message: 'The template renders a document without apiVersion or kind, which Helm refuses to install.',
      fix: 'Complete it, or render nothing.',
    }),
  );
  return [...remarks, ...strange];
}
