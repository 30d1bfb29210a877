import { incompleteRule } from '../../formats/argocd/document.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import type { Finding } from '../../model/finding.ts';
import type { Resource } from '../../model/resource.ts';
import type { Tree } from '../../model/tree.ts';
import { type Declared, declareArgo, join } from './argocd.ts';
import { findArgoObjects, type KnownFiles } from './argocd-objects.ts';
import type { ArgoWorld } from './argocd-world.ts';

/** What following applications into what they render needs. */
export interface Following {
  readonly files: KnownFiles;
  readonly world: ArgoWorld;
  /** What the tree's kustomizations and charts render that no application deploys: a bootstrap's objects. */
  readonly roots: readonly Resource[];
  /** What an application renders; null where it cannot be rendered: nothing is then known below it. */
  renderChildren(application: DeclaredApplication, signal: AbortSignal): Promise<readonly Resource[] | null>;
}

/** Applications within applications, and all together, at most. */
const maxDepth = 32;
const maxTotal = 10_000;

/**
 * All applications that a tree declares: those written in files, and those that applications render, to any depth. One that is
 * both is told once, by way of the application that renders it. Applications that render each other are followed once, with a
 * finding that names the chain; one that renders itself too, as Argo CD's own documentation has it, is nothing to tell.
 */
export async function declareAll(tree: Tree, following: Following, signal: AbortSignal): Promise<Declared> {
  const { world, roots } = following;
  const written = await findArgoObjects(tree, following.files, signal);
  const first = await declareArgo([...written.resources, ...roots], { via: [], declaredAt: null }, world, signal);
  const found = new Map<string, Link>();
  const parts: Declared[] = [{ ...first, applications: [], findings: [...written.findings, ...first.findings] }];
  const waiting: Link[] = first.applications.map((application) => ({ application, parent: null }));
  for (let link = waiting.shift(); link !== undefined; link = waiting.shift()) {
    const step = take(link, found, world);
    if (step.kind === 'told') parts.push({ applications: [], findings: [step.finding], unknown: [] });
    if (step.kind !== 'new') continue;
    const { application } = link;
    const resources = await following.renderChildren(application, signal);
    if (resources === null)
      parts.push({ applications: [], findings: [], unknown: [`Application ${application.name}`] });
    const origin = { via: [], declaredAt: application.declaredAt };
    const children = await declareArgo(resources ?? [], origin, world, signal);
    parts.push({ ...children, applications: [] });
    waiting.push(...children.applications.map((child) => ({ application: child, parent: step.key })));
  }
  const applications = [...found.values()].map(({ application, parent }) => {
    const above = chainOf(parent, found);
    const hints = [...application.hints, ...above.toReversed().flatMap((link) => link.application.hints)];
    const viaFiles = [...new Set(above.map((link) => link.application.declaredAt.file))];
    const via = [...above.flatMap(stepsOf), ...application.via];
    return { ...application, via, ...(viaFiles.length === 0 ? {} : { viaFiles }), hints };
  });
  return join([{ applications, findings: [], unknown: [] }, ...parts]);
}

interface Link {
  /** Its `via` holds the ApplicationSet it comes from, if any. */
  readonly application: DeclaredApplication;
  /** Key of the application that renders it, or null. */
  readonly parent: string | null;
}

type Found = Map<string, Link>;

type Step =
  | { readonly kind: 'new'; readonly key: string }
  | { readonly kind: 'known' }
  | { readonly kind: 'told'; readonly finding: Finding };

/** Notes an application, and what renders it where that was not known yet. */
function take(link: Link, found: Found, world: ArgoWorld): Step {
  const key = keyOf(link.application, world);
  if (key === link.parent) return { kind: 'known' };
  const chain = chainOf(link.parent, found);
  const at = chain.findIndex(({ application }) => keyOf(application, world) === key);
  if (at !== -1) return { kind: 'told', finding: cycle([...chain.slice(at), link]) };
  if (chain.length >= maxDepth) return { kind: 'told', finding: tooMany(link, `deeper than ${maxDepth} levels`) };
  const known = found.get(key);
  if (known === undefined && found.size >= maxTotal) {
    return { kind: 'told', finding: tooMany(link, `beyond ${maxTotal} applications`) };
  }
  if (known === undefined || known.parent === null) found.set(key, link);
  return known === undefined ? { kind: 'new', key } : { kind: 'known' };
}

/** The applications above, the outermost first. */
function chainOf(parent: string | null, found: Found): readonly Link[] {
  const chain: Link[] = [];
  for (let key = parent; key !== null; key = chain[0]?.parent ?? null) {
    const link = found.get(key);
    if (link === undefined) break;
    chain.unshift(link);
  }
  return chain;
}

function stepsOf({ application }: Link): readonly string[] {
  return [...application.via, `Application ${application.name}`];
}

function cycle(links: readonly Link[]): Finding {
  const names = links.map(({ application }) => application.name).join(' -> ');
  return {
    ...placed(links.at(-1)),
    rule: 'argocd-cycle',
    message: `The applications ${names} declare each other.`,
    fix: 'Let each application be declared by one other.',
  };
}

function tooMany(link: Link, how: string): Finding {
  return {
    ...placed(link),
    rule: incompleteRule,
    message: `Application ${link.application.name} is ${how}; it and what it declares is left out.`,
    fix: 'Look for applications that declare ever more of themselves.',
  };
}

function placed(link: Link | undefined): Omit<Finding, 'rule' | 'message' | 'fix'> {
  const { file = null, line = null } = link?.application.declaredAt ?? {};
  return { severity: 'caution', target: null, resource: null, file, line };
}

/** One application: its name and namespace, and the file, since several Argo CDs may each have one of a name. */
function keyOf({ name, namespace, declaredAt }: DeclaredApplication, { controllerNamespace }: ArgoWorld): string {
  return `${namespace ?? controllerNamespace}/${name} ${declaredAt.file}`;
}
