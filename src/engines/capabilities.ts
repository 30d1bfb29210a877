import type { EngineCapabilities } from './engine.ts';

/** What each engine is like, known without loading it. */
export const capabilities = {
  apply: {
    writesUnasked: false,
    drift: {
      settlesMs: 0,
      remedy: 'Somebody else writes it again at once: see who owns the field, and let only one of the two have it.',
    },
  },
  argocd: {
    writesUnasked: true,
    drift: {
      settlesMs: 15_000,
      remedy:
        'Automated sync puts drift back only with selfHeal: set spec.syncPolicy.automated.selfHeal of the Application, or sync it by hand. What ignoreDifferences names stays in any case.',
    },
  },
  flux: {
    writesUnasked: true,
    drift: {
      settlesMs: 0,
      remedy:
        'A HelmRelease puts drift back only with spec.driftDetection.mode: enabled; a Kustomization leaves objects alone whose annotations switch it off (kustomize.toolkit.fluxcd.io/reconcile, kustomize.toolkit.fluxcd.io/ssa).',
    },
  },
} as const satisfies Readonly<Record<string, EngineCapabilities>>;
