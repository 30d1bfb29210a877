import type { FluxKustomization, VariablesFrom } from '../../formats/flux/kustomization.ts';
import type { Finding } from '../../model/finding.ts';

/** What a ConfigMap or Secret is found to hold. */
export type LookedUp =
  | { readonly kind: 'values'; readonly values: Readonly<Record<string, string>> }
  | { readonly kind: 'missing' }
  /** It is there, but its values are not to be read: encrypted, or no right to. `keys` is null when not even they are known. */
  | { readonly kind: 'secret'; readonly keys: readonly string[] | null };

/** Finds a ConfigMap or Secret among the objects of the tree, or in the cluster. Values are text: a Secret's are decoded. */
export type Lookup = (kind: 'ConfigMap' | 'Secret', namespace: string, name: string) => Promise<LookedUp>;

/** The variables of a Kustomization. */
export interface Variables {
  readonly values: ReadonlyMap<string, string>;
  /** Those whose value came from a Secret or is not known; a value not known is not in `values`. */
  readonly secret: ReadonlySet<string>;
  /** Whether there may be more of them than are named here. */
  readonly hasUnknown: boolean;
  readonly findings: readonly Finding[];
}

/**
 * The variables of a Kustomization in the order Flux merges them: each source over the ones before it, `substitute` over all
 * (fluxcd/pkg/kustomize, LoadVariables). Line ends inside values are taken out, as Flux does. A source that is required and missing is
 * a finding: Flux applies nothing until it is there.
 */
export async function gatherVariables(kustomization: FluxKustomization, lookup: Lookup): Promise<Variables> {
  const { namespace, postBuild } = kustomization;
  const from = postBuild?.substituteFrom ?? [];
  const looked = await Promise.all(
    from.map(async (one) => ({ ...one, found: await lookup(one.kind, namespace, one.name) })),
  );
  const lacking = looked.filter(({ found, isOptional }) => found.kind === 'missing' && !isOptional);
  const gathered: Gathered = { values: new Map(), secret: new Set() };
  for (const { kind, found } of looked) {
    for (const [name, value] of entriesOf(found)) put(gathered, name, { value, isSecret: kind === 'Secret' });
  }
  const inline = Object.entries(postBuild?.substitute ?? {});
  for (const [name, value] of inline) put(gathered, name, { value, isSecret: false });
  const hasUnknown = lacking.length > 0 || looked.some(({ found }) => found.kind === 'secret' && found.keys === null);
  return { ...gathered, hasUnknown, findings: lacking.map((one) => missing(kustomization, one)) };
}

interface Gathered {
  readonly values: Map<string, string>;
  readonly secret: Set<string>;
}

/** A variable takes the place of the one before it; null stands for a value that is not known. */
function put(
  { values, secret }: Gathered,
  name: string,
  { value, isSecret }: { readonly value: string | null; readonly isSecret: boolean },
): void {
  if (value === null) values.delete(name);
  else values.set(name, oneLine(value));
  if (value === null || isSecret) secret.add(name);
  else secret.delete(name);
}

function entriesOf(found: LookedUp): readonly (readonly [string, string | null])[] {
  switch (found.kind) {
    case 'values':
      return Object.entries(found.values);
    case 'secret':
      return (found.keys ?? []).map((key) => [key, null]);
    case 'missing':
      return [];
    default:
      return found satisfies never;
  }
}

function oneLine(value: string): string {
  return value.replaceAll('\n', '');
}

function missing({ resource, name, namespace }: FluxKustomization, from: VariablesFrom): Finding {
  return {
    rule: 'flux-variables-missing',
    severity: 'caution',
    target: null,
    resource: resource.id,
    file: resource.source?.file ?? null,
    line: from.line,
    message: `Kustomization ${name} takes variables from ${from.kind} ${namespace}/${from.name}, which is not there: Flux applies nothing until it is.`,
    fix: `Add the ${from.kind}, or mark it \`optional: true\`.`,
  };
}
