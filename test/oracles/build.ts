import { join } from 'node:path';
import { buildGoProgram } from '../control-plane/go-program.ts';

/** Command lines that our renderers are compared with, each pinned by a go.mod beside this file. */
export type OracleName = 'kustomize' | 'helm' | 'helm3';

interface Oracle {
  readonly mainPackage: string;
  /** Makes the program state its version, as its releases do. */
  readonly stamps: readonly string[];
}

const oracles: Record<OracleName, Oracle> = {
  kustomize: {
    mainPackage: 'sigs.k8s.io/kustomize/kustomize/v5',
    stamps: ['sigs.k8s.io/kustomize/api/provenance.version=v5.8.2'],
  },
  helm: { mainPackage: 'helm.sh/helm/v4/cmd/helm', stamps: ['helm.sh/helm/v4/internal/version.version=v4.3.1'] },
  helm3: { mainPackage: 'helm.sh/helm/v3/cmd/helm', stamps: ['helm.sh/helm/v3/internal/version.version=v3.22.0'] },
};

/** The path of an oracle's program, built by Go when the cache lacks it (keyed by go.sum and Go version). */
export function buildOracle(name: OracleName): Promise<string> {
  return buildGoProgram({
    name,
    moduleDir: join(import.meta.dirname, name),
    firstBuild: '2 minutes',
    ...oracles[name],
  });
}
