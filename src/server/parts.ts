import type { EngineContext } from '../engines/context.ts';
import type { Engine } from '../engines/engine.ts';
import type { ReviewTools } from '../features/review/request.ts';
import type { Schemas } from '../formats/openapi/schemas.ts';
import type { Redactor } from '../formats/redaction/redactor.ts';
import type { ClusterMap } from '../model/cluster-map.ts';
import type { Cluster } from '../world/cluster/cluster.ts';

/** What the composition root hands over: everything that knows a registry. */
export interface ServingParts {
  /** What git is given of the environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly logLevel: string;
  /** `json` or `pretty`. */
  readonly logFormat: string;
  readonly review: ReviewTools;
  readonly redactor: Redactor;
  readonly engineNames: readonly string[];
  readonly clusters: ClusterMap;
  /** A cluster by the identity that writes. */
  readonly applier: (context: string) => Promise<Cluster>;
  readonly engine: (name: string, context: EngineContext) => Promise<Engine>;
  readonly schemasOf: (cluster: Cluster) => Promise<Schemas>;
}
