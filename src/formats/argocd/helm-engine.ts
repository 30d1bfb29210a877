import type { HelmEngine } from '../../model/target.ts';

/** The Helm of a version as Argo CD tells its own, such as `v4.3.1+g0d2c8b6`; null for what is none. */
export function helmEngineOf(version: string): HelmEngine | null {
  const major = Number(/^v?(\d+)\./.exec(version)?.[1]);
  if (Number.isNaN(major) || major < 3) return null;
  return major === 3 ? 'helm3' : 'helm4';
}
