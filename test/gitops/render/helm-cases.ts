import type { RenderInputs } from '../../../src/model/renderer.ts';

/** One call of `helm template`. */
export interface HelmCase {
  readonly title: string;
  readonly chart: string;
  readonly values?: readonly string[];
  readonly inputs?: Partial<RenderInputs>;
}

/** Renders that succeed. */
export const goodCases: readonly HelmCase[] = [
  { title: 'an ordinary chart', chart: 'web' },
  { title: 'release name and namespace', chart: 'web', inputs: { releaseName: 'shop-front', namespace: 'shop' } },
  { title: 'values files in order', chart: 'web', values: ['web-values/staging.yaml', 'web-values/late.yaml'] },
  {
    title: 'values files in the other order',
    chart: 'web',
    values: ['web-values/late.yaml', 'web-values/staging.yaml'],
  },
  { title: 'null removes a key', chart: 'web', values: ['web-values/null.yaml'] },
  { title: 'a values file of two documents', chart: 'web', values: ['web-values/two-documents.yaml'] },
  {
    title: 'assignments win over files: nested, lists, indexes, types',
    chart: 'web',
    values: ['web-values/staging.yaml'],
    inputs: {
      set: [
        'image.tag=v9,replicas=4',
        'env[0].name=FIRST,env[2]=third',
        'resources.list={a,b},resources.limits.cpu=2',
        'service.annotations.a\\.b/c=d\\,e',
        'probes=false',
      ],
    },
  },
  { title: 'an assigned null removes a key', chart: 'web', inputs: { set: ['resources=null,labels.tier=null'] } },
  { title: 'subcharts with aliases, imports and globals', chart: 'shop' },
  { title: 'a condition that is off', chart: 'shop', inputs: { set: ['db.enabled=false'] } },
  {
    title: 'the second path of a condition',
    chart: 'shop',
    inputs: { set: ['global.dbEnabled=false,db.enabled=null'] },
  },
  { title: 'tags that are off', chart: 'shop', inputs: { set: ['tags.extra=false'] } },
  {
    title: 'a condition over a tag',
    chart: 'shop',
    inputs: { set: ['tags.fast=false,tags.extra=false,cache.enabled=true'] },
  },
  { title: 'values for an alias and a global', chart: 'shop', inputs: { set: ['replica.size=7Gi,global.deep.a=9'] } },
  { title: 'imported values overridden by the parent', chart: 'shop', inputs: { set: ['connection.url=mine'] } },
  { title: 'tpl, required, lookup and functions', chart: 'words' },
  {
    title: 'tpl of values given from outside',
    chart: 'words',
    values: ['words-values/outside.yaml'],
  },
  { title: '.Files: globs, configs, secrets, lines, ignore rules', chart: 'files' },
  { title: 'values that meet their schemas', chart: 'strict', inputs: { set: ['mode=slow,inner.size=3'] } },
  { title: 'definitions, hooks, tests and install order', chart: 'operator' },
  { title: 'empty, glued and repeated documents', chart: 'documents' },
  { title: 'documents behind conditions and loops', chart: 'documents', inputs: { set: ['extra=true,count=4'] } },
  { title: 'no documents at all from a loop', chart: 'documents', inputs: { set: ['count=0'] } },
  { title: 'Kubernetes version and API list', chart: 'capable' },
  {
    title: 'another Kubernetes version and more APIs',
    chart: 'capable',
    inputs: { kubeVersion: 'v1.31.4-gke.1200', apiVersions: ['example.com/v1', 'example.com/v1/Widget'] },
  },
  { title: 'a chart of the first format with requirements', chart: 'legacy' },
  { title: 'a requirement switched off', chart: 'legacy', inputs: { set: ['old.enabled=false'] } },
  { title: 'a packed and aliased subchart', chart: 'archived' },
  {
    title: 'a chart that is a subchart elsewhere',
    chart: 'shop/charts/db',
    inputs: { set: ['global.region=us,global.deep=x'] },
  },
  { title: 'what the two engines do differently', chart: 'differs' },
  {
    title: 'nulls from a file',
    chart: 'differs',
    values: ['web-values/null.yaml'],
    inputs: { set: ['kid.nested=null,map.deep.left=null'] },
  },
  {
    title: 'inline values over files, in order',
    chart: 'differs',
    values: ['web-values/late.yaml'],
    inputs: {
      helm: {
        values: [
          { port: 81, map: { kept: null, more: { a: [1, 2.5, true, null, 'x'] } } },
          { port: 82, kid: { colour: 'blue', nested: { size: 12345678901 } } },
        ],
      },
    },
  },
  {
    title: 'assignments over inline values',
    chart: 'differs',
    inputs: { set: ['port=90'], helm: { values: [{ port: 82, map: { kept: 5 } }] } },
  },
  {
    title: 'text assignments',
    chart: 'differs',
    inputs: { set: ['map.kept=true'], helm: { setString: ['text=007,map.other=true', 'map.kept=1e3'] } },
  },
  {
    title: 'assignments of files, after all others',
    chart: 'differs',
    inputs: {
      set: ['text=x'],
      helm: { setString: ['text=y'], setFile: [{ name: 'text', path: 'differs/notes.txt' }] },
    },
  },
  {
    title: 'a file under a nested key and a list',
    chart: 'differs',
    inputs: {
      helm: {
        setFile: [
          { name: 'extra.deep\\.er[1]', path: 'differs/notes.txt' },
          { name: 'map.file', path: 'web-values/null.yaml' },
        ],
      },
    },
  },
  { title: 'without definitions', chart: 'operator', inputs: { helm: { skipCrds: true } } },
  { title: 'without tests', chart: 'operator', inputs: { helm: { skipTests: true } } },
  { title: 'without definitions and tests', chart: 'differs', inputs: { helm: { skipCrds: true, skipTests: true } } },
  {
    title: 'values that break a schema which is not asked',
    chart: 'strict',
    inputs: { set: ['port=text,mode=other'], helm: { skipSchemaValidation: true } },
  },
  {
    title: 'values files that are missing and may be',
    chart: 'web',
    values: ['web-values/none.yaml', 'web-values/staging.yaml', 'nowhere/x.yaml'],
    inputs: { helm: { ignoreMissingValuesFiles: true } },
  },
  {
    title: 'a Kubernetes version with a suffix',
    chart: 'differs',
    inputs: { kubeVersion: 'v1.33.2-eks-1234', apiVersions: ['example.com/v1'] },
  },
];

/** Renders that Helm refuses. */
export const badCases: readonly HelmCase[] = [
  { title: 'a required value', chart: 'words', inputs: { set: ['must='] } },
  { title: 'a required value that is null', chart: 'words', inputs: { set: ['must=null'] } },
  { title: 'fail', chart: 'words', inputs: { set: ['stop=because of this'] } },
  { title: 'a schema violation', chart: 'strict', inputs: { set: ['port=0'] } },
  { title: 'two schema violations', chart: 'strict', inputs: { set: ['port=text,mode=other'] } },
  { title: 'a schema violation in a subchart', chart: 'strict', inputs: { set: ['inner.size=big'] } },
  { title: 'a Kubernetes version out of range', chart: 'capable', inputs: { kubeVersion: 'v1.29.0' } },
  { title: 'a library chart', chart: 'common' },
  { title: 'a broken values file', chart: 'web', values: ['web-values/broken.yaml'] },
  { title: 'a values file that is not there', chart: 'web', values: ['web-values/none.yaml'] },
  { title: 'a broken assignment', chart: 'web', inputs: { set: ['a[x]=1'] } },
  { title: 'a nil pointer', chart: 'wrong', inputs: { set: ['fault=nil'] } },
  { title: 'a template that is not there', chart: 'wrong', inputs: { set: ['fault=include'] } },
  { title: 'output that is no YAML', chart: 'wrong', inputs: { set: ['fault=yaml'] } },
  { title: 'a wrong argument type', chart: 'wrong', inputs: { set: ['fault=type'] } },
  { title: 'an unknown function inside tpl', chart: 'wrong', inputs: { set: ['fault=tpl'] } },
  { title: 'an index out of range', chart: 'wrong', inputs: { set: ['fault=panic'] } },
  { title: 'a template that includes itself', chart: 'wrong', inputs: { set: ['fault=recursion'] } },
  { title: 'a template that does not parse', chart: 'unparsable' },
  { title: 'a chart without a version', chart: 'nameless' },
  { title: 'a release name that is not allowed', chart: 'web', inputs: { releaseName: 'Not_Allowed' } },
  {
    title: 'a file to assign that is not there',
    chart: 'differs',
    inputs: { helm: { setFile: [{ name: 'text', path: 'differs/none.txt' }] } },
  },
  { title: 'a broken text assignment', chart: 'differs', inputs: { helm: { setString: ['a[x]=1'] } } },
  { title: 'inline values that break the schema', chart: 'differs', inputs: { helm: { values: [{ port: 0 }] } } },
];
