import type { ArgoCdKnowledge, Learned } from '../../model/argocd-knowledge.ts';
import { type Diagnosis, type Probe, type Teller, teller } from './diagnosis.ts';

/** Looks whether all that reviews want to know of an Argo CD may be read. */
export function argocdProbe(read: () => Promise<ArgoCdKnowledge>): Probe {
  const tell = teller('argocd', 'knowledge');
  return { area: 'argocd', check: 'knowledge', look: async () => judge(await read(), tell) };
}

function judge(
  { namespace, clusters, settings, parameters, projects, repoServer }: ArgoCdKnowledge,
  tell: Teller,
): readonly Diagnosis[] {
  return [
    told(clusters, { check: 'clusters', tell }, (found) =>
      tell.ok(`${found.length} cluster Secrets in ${namespace}`, 'clusters'),
    ),
    told(projects, { check: 'projects', tell }, (found) => {
      if (found.size > 0) return tell.ok(`${found.size} AppProjects in ${namespace}`, 'projects');
      return tell.warning(`no AppProject in ${namespace}`, 'Look whether Argo CD lives there.', 'projects');
    }),
    told(settings, { check: 'settings', tell }, () => tell.ok('argocd-cm is read', 'settings')),
    told(parameters, { check: 'parameters', tell }, () => tell.ok('argocd-cmd-params-cm is read', 'parameters')),
    told(repoServer, { check: 'version', tell }, (image) => {
      if (image !== null) return tell.ok(`its repo-server is ${image}`, 'version');
      const fix = 'Say which Helm it has with render.helm in .fairlead.yaml.';
      return tell.unknown(`there is no Deployment argocd-repo-server in ${namespace}`, fix, 'version');
    }),
  ];
}

function told<T>(
  learned: Learned<T>,
  { check, tell }: { readonly check: string; readonly tell: Teller },
  judged: (value: T) => Diagnosis,
): Diagnosis {
  if (learned.kind === 'known') return judged(learned.value);
  return tell.fault(learned.why, learned.remedy, { check, kind: 'forbidden' });
}
