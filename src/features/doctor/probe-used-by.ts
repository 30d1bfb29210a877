import type { RepoRef } from '../../model/repo.ts';
import { type Probe, teller } from './diagnosis.ts';

/** A forge, and what is said of its repositories. */
export interface UsedByPlace {
  /** Name of the forge. */
  readonly name: string;
  /** Whether there is no other forge, so that a name without one is of this. */
  readonly isOnly: boolean;
  /** As `ServerSettings.usedBy`. */
  readonly usedBy: ReadonlyMap<string, readonly string[]>;
  /** Every repository the credentials reach. Throws `BorderError`. */
  readonly repositories: () => Promise<readonly RepoRef[]>;
}

/** Whether Fairlead sees every repository that uses another, and those that are used; no probe where none is named. */
export function usedByProbes({ name, isOnly, usedBy, repositories }: UsedByPlace): readonly Probe[] {
  const wanted = namesOn(name, isOnly, usedBy);
  const [area, check] = [`forge ${name}`, 'used by'];
  if (wanted.length === 0) return [];
  return [
    {
      area,
      check,
      look: async () => {
        const seen = new Set((await repositories()).map(({ fullName }) => fullName.toLowerCase()));
        const missing = wanted.filter((one) => !seen.has(one.toLowerCase()));
        const tell = teller(area, check);
        if (missing.length === 0) return [tell.ok(`every repository of usedBy is seen: ${wanted.join(', ')}`)];
        const fix = 'Let Fairlead read it there, or correct usedBy in the file of the server.';
        return missing.map((one) => tell.fault(`usedBy names ${one}, which it does not show`, fix));
      },
    },
  ];
}

/** Repositories of the forge that are used or use others, each once. */
function namesOn(forge: string, isOnly: boolean, usedBy: UsedByPlace['usedBy']): readonly string[] {
  const names = [...usedBy].flatMap(([used, users]) => {
    const [, named = null, name = used] = /^([^/:]+):(.*)$/.exec(used) ?? [];
    const isHere = named === null ? isOnly : named === forge;
    return isHere ? [name, ...users] : [];
  });
  return [...new Set(names)].sort();
}
