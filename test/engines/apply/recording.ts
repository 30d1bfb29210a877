import { type JsonObject, pickText } from '../../../src/model/json.ts';
import type { Cluster, RemoveOptions } from '../../../src/world/cluster/cluster.ts';
import { forwarded } from '../../../src/world/cluster/forwarded.ts';

/** A cluster that notes what is written through it: `apply Deployment web`, `force ...`, `dry-run ...`, `remove ...`. */
export interface Recording {
  readonly cluster: Cluster;
  readonly log: string[];
  /** How each removal was guarded. */
  readonly removals: RemoveOptions[];
  /** The writes that were no dry-runs, bookkeeping of the engine left out. */
  writes(): readonly string[];
}

/** Notes what is asked; `before` may refuse a call by throwing. */
export function record(cluster: Cluster, before: (line: string) => void = () => undefined): Recording {
  const log: string[] = [];
  const note = (line: string): void => {
    before(line);
    log.push(line);
  };
  const removals: RemoveOptions[] = [];
  return {
    log,
    removals,
    writes: () => log.filter((line) => !line.startsWith('dry-run ') && !line.includes('fairlead-inventory-')),
    cluster: {
      ...forwarded(cluster),
      write: (object, options, signal) => {
        note(`${options.dryRun ? 'dry-run' : options.force ? 'force' : 'apply'} ${nameOf(object)}`);
        return cluster.write(object, options, signal);
      },
      patch: (id, patch, options, signal) => {
        note(`patch ${id.kind} ${id.name}`);
        return cluster.patch(id, patch, options, signal);
      },
      remove: (id, options, signal) => {
        note(`remove ${id.kind} ${id.name}`);
        removals.push(options);
        return cluster.remove(id, options, signal);
      },
    },
  };
}

function nameOf(object: JsonObject): string {
  return `${pickText(object, 'kind')} ${pickText(object, 'metadata', 'name')}`;
}
