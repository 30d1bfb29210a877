import type { Json } from '../../../src/model/json.ts';
import { apps, container, core, type DifferentialStep, template } from './differential-step.ts';
import { applying, deployment } from './support.ts';

/** What is refused, and the end. */
export function refusals(ns: string): readonly DifferentialStep[] {
  const path = apps(ns, 'deployments/bad');
  const bad = (changes: Readonly<Record<string, Json>>) => ({ ...deployment(changes), metadata: { name: 'bad' } });
  const cm = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c' } };
  return [
    { title: 'an unknown field in an apply', ...applying(path, bad({ replica: 2 }), '&fieldValidation=Strict') },
    { title: 'a wrong type in an apply', ...applying(path, bad({ replicas: 'two' })) },
    { title: 'a bad enum', ...applying(path, bad({ template: template([container({ imagePullPolicy: 'always' })]) })) },
    {
      title: 'nothing that is required',
      ...applying(path, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name: 'bad' }, spec: {} }),
    },
    {
      title: 'a duplicate key of a list',
      ...applying(
        path,
        bad({
          template: template([
            container({
              env: [
                { name: 'A', value: '1' },
                { name: 'A', value: '2' },
              ],
            }),
          ]),
        }),
      ),
    },
    {
      title: 'an unknown field in a strict create',
      method: 'POST',
      path: `${apps(ns, 'deployments')}?fieldValidation=Strict&fieldManager=creator`,
      body: bad({ replica: 2 }),
    },
    {
      title: 'a wrong type in a create',
      method: 'POST',
      path: `${apps(ns, 'deployments')}?fieldManager=creator`,
      body: bad({ replicas: 'two' }),
    },
    {
      title: 'an unknown field in a lenient dry-run create',
      method: 'POST',
      path: `${core(ns, 'configmaps')}?fieldValidation=Warn&fieldManager=creator&dryRun=All`,
      body: { ...cm, metadata: { name: 'lenient' }, dat: {} },
    },
    {
      title: 'a create whose name is taken',
      method: 'POST',
      path: `${core(ns, 'configmaps')}?fieldManager=creator`,
      body: cm,
    },
    {
      title: 'an update of what is missing',
      method: 'PUT',
      path: `${core(ns, 'configmaps/none')}?fieldManager=creator`,
      body: { ...cm, metadata: { name: 'none' } },
    },
    {
      title: 'an update with another name',
      method: 'PUT',
      path: `${core(ns, 'configmaps/c')}?fieldManager=creator`,
      body: { ...cm, metadata: { name: 'other' } },
    },
    {
      title: 'an update of the whole',
      method: 'PUT',
      path: `${core(ns, 'configmaps/c')}?fieldManager=editor`,
      body: { ...cm, data: { z: '26' } },
    },
    { title: 'a missing namespace', ...applying('/api/v1/namespaces/nowhere-at-all/configmaps/c', cm) },
    {
      title: 'an apply without a manager',
      method: 'PATCH',
      path: core(ns, 'configmaps/c'),
      body: cm,
      type: 'application/apply-patch+yaml',
    },
    {
      title: 'a wrong content type',
      method: 'PATCH',
      path: core(ns, 'configmaps/c'),
      body: cm,
      type: 'application/json',
    },
    { title: 'a bad name', ...applying(core(ns, 'configmaps/Bad_Name'), { ...cm, metadata: { name: 'Bad_Name' } }) },
    {
      title: 'a deprecated kind',
      ...applying(core(ns, 'endpoints/e'), { apiVersion: 'v1', kind: 'Endpoints', metadata: { name: 'e' } }),
    },
    { title: 'a missing object', method: 'GET', path: core(ns, 'configmaps/none') },
    { title: 'a type that is not served', method: 'GET', path: `/apis/apps/v1/namespaces/${ns}/gadgets` },
    {
      title: 'a delete with a wrong uid',
      method: 'DELETE',
      path: core(ns, 'configmaps/c'),
      body: { kind: 'DeleteOptions', apiVersion: 'v1', preconditions: { uid: 'wrong' } },
    },
    { title: 'a dry-run delete', method: 'DELETE', path: `${core(ns, 'configmaps/c')}?dryRun=All` },
    { title: 'a delete', method: 'DELETE', path: core(ns, 'configmaps/c') },
    { title: 'a delete of what is missing', method: 'DELETE', path: core(ns, 'configmaps/c') },
  ];
}
