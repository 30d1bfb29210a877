import type { ArgoCdApi, ArgoCdRight } from '../../model/argocd-api.ts';
import { type Diagnosis, type Probe, teller } from './diagnosis.ts';

/** What reviews ask for; a policy may well allow it for some projects only. */
const wanted: readonly (ArgoCdRight & { readonly what: string })[] = [
  { resource: 'applications', action: 'get', object: '*/*', what: 'render every Application' },
  { resource: 'applicationsets', action: 'create', object: '*/*', what: 'generate every ApplicationSet' },
];

/** Whether the API of Argo CD answers, takes our token and lets its account do what reviews ask. `open` may throw what is wrong with it. */
export function argocdApiProbes(open: () => Promise<ArgoCdApi>): readonly Probe[] {
  const area = 'argocd';
  return [
    {
      area,
      check: 'API',
      look: async (signal) => {
        const { argocd, helm } = await (await open()).version(signal);
        const programs = helm === '' ? '' : `, with Helm ${helm}`;
        return [teller(area, 'API').ok(`Argo CD ${argocd || 'of no version it tells'} answers${programs}`)];
      },
    },
    {
      area,
      check: 'rights',
      look: async (signal) => {
        const api = await open();
        return Promise.all(wanted.map((right) => lookAt(right, api, signal)));
      },
    },
  ];
}

async function lookAt(right: (typeof wanted)[number], api: ArgoCdApi, signal: AbortSignal): Promise<Diagnosis> {
  const { resource, action, object, what } = right;
  const tell = teller('argocd', `${resource}, ${action}`);
  if (await api.may(right, signal)) return tell.ok(`the account may ${what}`);
  const fix = `Add to policy.csv of argocd-rbac-cm: p, ACCOUNT, ${resource}, ${action}, ${object}, allow; or PROJECT/* for each project that counts.`;
  return tell.warning(`the account may not ${what}: reviews of those that it may not are incomplete`, fix);
}
