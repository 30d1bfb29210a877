import { expect, test } from '@jest/globals';
import { declaredTwice } from '../../../src/features/review/declared-twice.ts';
import { targetId } from '../../../src/model/target.ts';

function facts(
  application: string,
  cluster: string | null,
  sides: { base?: readonly string[]; head: readonly string[] },
) {
  const parts = { application, environment: 'prod', cluster };
  const target = { ...parts, id: targetId(parts), digest: null, error: null };
  return { target, declares: { base: sides.base ?? [], head: sides.head } };
}

const web = 'apps/Deployment/shop/web';
const role = 'rbac.authorization.k8s.io/ClusterRole//reader';

test('an object that two targets of a cluster declare is a caution when the pull brings it about', () => {
  const found = declaredTwice([
    facts('one', 'eu', { base: [web], head: [web, role] }),
    facts('two', 'eu', { head: [role, web] }),
  ]);

  expect(found).toMatchObject([{ rule: 'declared-twice', severity: 'caution', target: 'one@prod:eu' }]);
  expect(found[0]?.message).toBe(
    'ClusterRole reader, Deployment shop/web: declared by one@prod:eu and two@prod:eu, so the one that is applied last wins, and the one that drops it deletes it.',
  );
});

test('what was so before is a note, apart from what is new', () => {
  const found = declaredTwice([
    facts('one', 'eu', { base: [web], head: [web, role] }),
    facts('two', 'eu', { base: [web], head: [web, role] }),
  ]);

  expect(found.map(({ severity, message }) => `${severity} ${message.split(':')[0]}`).sort()).toEqual([
    'caution ClusterRole reader',
    'note Deployment shop/web',
  ]);
});

test('other clusters, no cluster, and what one of them drops are nothing to tell', () => {
  expect(declaredTwice([facts('one', 'eu', { head: [web] }), facts('two', 'us', { head: [web] })])).toEqual([]);
  expect(declaredTwice([facts('one', null, { head: [web] }), facts('two', null, { head: [web] })])).toEqual([]);
  const moved = [facts('one', 'eu', { base: [web], head: [] }), facts('two', 'eu', { head: [web] })];
  expect(declaredTwice(moved)).toEqual([]);
});
