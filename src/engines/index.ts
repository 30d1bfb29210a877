import { capabilities } from './capabilities.ts';
import { type EngineContext, healthById } from './context.ts';
import type { Engine, EngineCapabilities, Predictor } from './engine.ts';
import type { Ownership } from './ownership.ts';

/** What names an engine and loads it when it is first needed. */
export interface EngineDescriptor {
  readonly name: string;
  /** One line for help and documentation. */
  readonly text: string;
  readonly capabilities: EngineCapabilities;
  /** Says what it would do; nothing else of the context is needed. */
  predictor(context: PredictorContext): Promise<Predictor>;
  engine(context: EngineContext): Promise<Engine>;
}

/** What predicting needs of the context. */
export type PredictorContext = Pick<EngineContext, 'cluster' | 'schemas' | 'redactor' | 'concurrency' | 'merger'>;

/** Every engine. To add one: a folder here and an entry in this list. */
export const engines: readonly EngineDescriptor[] = [
  {
    name: 'apply',
    capabilities: capabilities.apply,
    text: 'Fairlead applies by itself: server-side apply, one field manager',
    predictor: (context) => serverSideApply(context, 'fairlead'),
    engine: async (context) => {
      const { createApplyEngine } = await import('./apply/apply-engine.ts');
      const health: Parameters<typeof createApplyEngine>[0]['health'] = context.health;
      return createApplyEngine({ ...context, manager: 'fairlead', inventoryNamespace: context.namespace, health });
    },
  },
  {
    name: 'argocd',
    capabilities: capabilities.argocd,
    text: 'Argo CD applies; Fairlead asks it to, and follows exactly this commit',
    predictor: argoCdPredictor,
    engine: async (context) => {
      const { createArgoCdEngine } = await import('./argocd/argocd-engine.ts');
      return createArgoCdEngine({
        ...context,
        control: context.cluster,
        namespace: context.controllers.argocd,
        destinations: [],
        predictor: await argoCdPredictor(context),
        health: healthById(context),
      });
    },
  },
  {
    name: 'flux',
    capabilities: capabilities.flux,
    text: 'Flux applies; Fairlead asks it to, and follows exactly this commit',
    predictor: fluxPredictor,
    engine: async (context) => {
      const { createFluxEngine } = await import('./flux/flux-engine.ts');
      return createFluxEngine({
        ...context,
        namespace: context.controllers.flux,
        predictor: await fluxPredictor(context),
        health: healthById(context),
      });
    },
  },
];

type ServerSide = (cluster: PredictorContext['cluster'], ownership: Ownership) => Predictor;

/** Argo CD writes as `kubectl apply` does, unless sync options say otherwise. */
async function argoCdPredictor(context: PredictorContext): Promise<Predictor> {
  const { createArgoCdPredictor } = await import('./argocd/predictor.ts');
  const { createApplyPredictor } = await import('./apply/apply-engine.ts');
  const manager = 'argocd-controller';
  const serverSide: ServerSide = (cluster, ownership) =>
    createApplyPredictor({ ...context, cluster, manager, ownership });
  return createArgoCdPredictor({ cluster: context.cluster, schemas: context.schemas, manager, serverSide });
}

/** Flux applies on the server's side, and Helm releases as Helm does. */
async function fluxPredictor(context: PredictorContext): Promise<Predictor> {
  const { createFluxPredictor } = await import('./flux/predictor.ts');
  const { createApplyPredictor } = await import('./apply/apply-engine.ts');
  const manager = 'kustomize-controller';
  const serverSide: ServerSide = (cluster, ownership) =>
    createApplyPredictor({ ...context, cluster, manager, ownership });
  return createFluxPredictor({ cluster: context.cluster, schemas: context.schemas, manager, serverSide });
}

async function serverSideApply(context: PredictorContext, manager: string): Promise<Predictor> {
  const { createApplyPredictor } = await import('./apply/apply-engine.ts');
  return createApplyPredictor({ ...context, manager });
}
