import type { Application } from '../../model/target.ts';

/** One application on the side of the base, of the head, or both. */
export interface ApplicationPair {
  readonly name: string;
  readonly environment: string | null;
  readonly base: Application | null;
  readonly head: Application | null;
}

/**
 * Pairs the applications of two trees: by name and environment, else by folder, renderer and environment (a name changes when
 * another application takes it). An application without a partner was added, or is removed. Names are the head's.
 */
export function pairApplications(
  base: readonly Application[],
  head: readonly Application[],
): readonly ApplicationPair[] {
  const partners = new Map<Application, Application>();
  const waiting = new Set(base);
  for (const isSame of [isSameName, isSamePlace]) {
    for (const application of head) {
      const partner = partners.has(application) ? undefined : [...waiting].find((other) => isSame(other, application));
      if (partner === undefined) continue;
      partners.set(application, partner);
      waiting.delete(partner);
    }
  }
  const present = head.map((application) => pairOf(partners.get(application) ?? null, application));
  return [...present, ...[...waiting].map((application) => pairOf(application, null))];
}

function isSameName(one: Application, other: Application): boolean {
  return one.name === other.name && one.environment === other.environment;
}

function isSamePlace(one: Application, other: Application): boolean {
  return one.root === other.root && one.renderer === other.renderer && one.environment === other.environment;
}

function pairOf(base: Application | null, head: Application | null): ApplicationPair {
  const { name, environment } = head ?? base ?? { name: '', environment: null };
  return { name, environment, base, head };
}
