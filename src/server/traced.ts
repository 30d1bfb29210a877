import type { Engine, EngineWork, Predictor } from '../engines/engine.ts';
import type { PullTools } from '../features/review/pull-tools.ts';
import type { Target } from '../model/target.ts';
import type { Attributes, Tracer } from '../tools/trace/tracer.ts';
import type { Cluster } from '../world/cluster/cluster.ts';
import type { CheckReport, Forge, RepoPort } from '../world/forge/forge.ts';
import type { Repository } from '../world/git/git.ts';
import type { ServingParts } from './parts.ts';

/** How a method shows as a span: its name, and what its arguments tell. */
type Shown = (...args: never[]) => { readonly name: string; readonly attributes?: Attributes };

/** The same object, whose methods of these names are spans. */
function traced<T extends object>(target: T, methods: Readonly<Partial<Record<keyof T, Shown>>>, tracer: Tracer): T {
  return new Proxy(target, {
    get: (of, name) => {
      const value: unknown = Reflect.get(of, name, of);
      if (typeof value !== 'function') return value;
      const shown = methods[name as keyof T] as ((...args: unknown[]) => ReturnType<Shown>) | undefined;
      if (shown === undefined) return value.bind(of);
      return (...args: unknown[]) => tracer.span(shown(...args), async () => value.apply(of, args));
    },
  });
}

/** What reviews and deploys work with, each stage of them a span. */
export function traceParts(parts: ServingParts, tracer: Tracer): ServingParts {
  const { review } = parts;
  const clusters = new WeakMap<Cluster, Cluster>();
  const cluster = (given: Cluster): Cluster => {
    const known = clusters.get(given) ?? traceCluster(given, tracer);
    clusters.set(given, known);
    return known;
  };
  return {
    ...parts,
    engine: async (name, context) => traceEngine(await parts.engine(name, context), tracer),
    review: {
      ...review,
      rendererFor: (name) =>
        traced(
          review.rendererFor(name),
          {
            render: ({ name: application }: { name: string }) => ({
              name: 'render',
              attributes: { 'fairlead.renderer': name, 'fairlead.application': application },
            }),
          },
          tracer,
        ),
      validate: (resources, context, signal) =>
        tracer.span(
          {
            name: 'validate',
            attributes: { 'fairlead.target': context.target, 'fairlead.resources': resources.length },
          },
          () => review.validate(resources, context, signal),
        ),
      engineFor: async (name, given) => tracePredictor(await review.engineFor(name, given), tracer),
      openCluster: async (context) => {
        const handle = await review.openCluster(context);
        return { ...handle, cluster: cluster(handle.cluster) };
      },
    },
  };
}

/** A mirror whose fetches are spans. */
export function traceMirror(mirror: PullTools['mirror'], tracer: Tracer): PullTools['mirror'] {
  const known = new WeakMap<Repository, Repository>();
  return async (repo) => {
    const opened = await mirror(repo);
    const wrapped =
      known.get(opened) ??
      traced(
        opened,
        { fetch: () => ({ name: 'fetch', attributes: { 'vcs.repository.name': repo.fullName } }) },
        tracer,
      );
    known.set(opened, wrapped);
    return wrapped;
  };
}

/** A forge whose words to people are spans. */
export function traceForge(forge: Forge, tracer: Tracer): Forge {
  const report = (what: string, more: Attributes = {}) => ({
    name: 'report',
    attributes: { 'fairlead.report': what, ...more },
  });
  const methods: Readonly<Partial<Record<keyof RepoPort, Shown>>> = {
    ensureComment: (pull: number) => report('comment', { 'vcs.change.id': String(pull) }),
    report: (sha: string, { state, conclusion }: CheckReport) =>
      report('check', { 'vcs.ref.head.revision': sha, 'cicd.pipeline.result': conclusion ?? state }),
  };
  return { ...forge, repo: async (ref) => traced(await forge.repo(ref), methods, tracer) };
}

function tracePredictor<P extends Predictor>(predictor: P, tracer: Tracer): P {
  const predict = ({ environment, cluster, application }: Target) => ({
    name: 'dry-run',
    attributes: targetFacts({ environment, cluster, application }),
  });
  return traced(predictor, { predict } as Readonly<Partial<Record<keyof P, Shown>>>, tracer);
}

function traceEngine(engine: Engine, tracer: Tracer): Engine {
  const shown =
    (name: string) =>
    ({ target, deployment, commit }: EngineWork) => ({
      name,
      attributes: { ...targetFacts(target), 'deployment.id': deployment, 'vcs.ref.head.revision': commit },
    });
  return traced(tracePredictor(engine, tracer), { step: shown('deploy step'), status: shown('deploy status') }, tracer);
}

function targetFacts({
  environment,
  cluster,
  application,
}: Pick<Target, 'environment' | 'cluster' | 'application'>): Attributes {
  return {
    'deployment.environment.name': environment ?? undefined,
    'k8s.cluster.name': cluster ?? undefined,
    'fairlead.application': application,
  };
}

function traceCluster(cluster: Cluster, tracer: Tracer): Cluster {
  const call = (verb: string) => (of?: { readonly kind?: unknown }) => ({
    name: `cluster ${verb}`,
    attributes: {
      'k8s.cluster.name': cluster.name,
      'fairlead.kind': typeof of?.kind === 'string' ? of.kind : undefined,
    },
  });
  const verbs = ['version', 'discovery', 'openapi', 'get', 'list', 'write', 'patch', 'remove', 'podLogs'] as const;
  return traced(cluster, Object.fromEntries(verbs.map((verb) => [verb, call(verb)])), tracer);
}
