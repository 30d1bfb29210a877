import { isJsonObject, type Json, pick } from '../../../model/json.ts';
import type { Fault } from '../problem.ts';
import { unknownCluster } from './unknown-cluster.ts';

/** What of Argo CD cannot be together. */
export function argocdFaults(value: Json): readonly Fault[] {
  const entry = pick(value, 'argocd');
  if (!isJsonObject(entry)) return [];
  const { cluster } = entry;
  const clusters = pick(value, 'clusters');
  const names = isJsonObject(clusters) ? Object.keys(clusters) : [];
  const has = (key: string): boolean => Object.hasOwn(entry, key);
  return [
    ...(typeof cluster === 'string' ? unknownCluster(['argocd', 'cluster'], cluster, names) : []),
    ...(has('url') && !tokenKeys.some(has) ? [tokenless] : []),
    ...(has('url') ? [] : [...tokenKeys, 'caFile'].filter(has).map(withoutUrl)),
  ];
}

const tokenKeys = ['tokenFile', 'tokenEnv'];

const tokenless: Fault = {
  at: ['argocd', 'url'],
  message: 'has no token',
  fix: 'Write tokenFile: PATH or tokenEnv: NAME beside it, or remove url.',
};

function withoutUrl(key: string): Fault {
  const fix = `Write url: https://HOST beside it, or remove ${key}.`;
  return { at: ['argocd', key], message: 'is for an API whose url is not said', fix };
}
