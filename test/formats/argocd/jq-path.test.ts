import { expect, test } from '@jest/globals';
import { type JqStep, parseJqPath } from '../../../src/formats/argocd/jq-path.ts';

const key = (name: string): JqStep => ({ kind: 'key', name });
const items: JqStep = { kind: 'items' };
const where = (field: string, value: string): JqStep => ({ kind: 'where', field, value });

test.each<[string, readonly JqStep[] | null]>([
  ['.spec.replicas', [key('spec'), key('replicas')]],
  ['.metadata.annotations."a.b/c"', [key('metadata'), key('annotations'), key('a.b/c')]],
  ['.metadata.annotations["a.b/\\"c"]', [key('metadata'), key('annotations'), key('a.b/"c')]],
  ['.webhooks[]?.clientConfig.caBundle', [key('webhooks'), items, key('clientConfig'), key('caBundle')]],
  ['.spec.rules.[].host', [key('spec'), key('rules'), items, key('host')]],
  ['.a[] | select(.name == "web") | .image', [key('a'), where('name', 'web'), key('image')]],
  ['.a[]|select(.name=="web").env[]', [key('a'), where('name', 'web'), key('env'), items]],
  ['.a | .b', [key('a'), key('b')]],
  ['.a | select(.name == "web")', null],
  ['.a[0].b', [key('a'), { kind: 'at', index: 0 }, key('b')]],
  ['.a[-1]', null],
  ['.a[] | select(.name | test("web"))', null],
  ['.a, .b', null],
  ['.spec | del(.x)', null],
  ['..', null],
  ['.', null],
  ['', null],
])('%s', (expression, steps) => {
  expect(parseJqPath(expression)).toEqual(steps);
});
