import { describe, expect, test } from '@jest/globals';
import {
  checkEnvironments,
  checkNamed,
  clustersFor,
  contextsOf,
  parseClusterMap,
} from '../../src/model/cluster-map.ts';

describe('parseClusterMap', () => {
  test('nothing named means Git only, none means declined', () => {
    expect(parseClusterMap([]).mode).toBe('git');
    expect(parseClusterMap(['none']).mode).toBe('none');
  });

  test('a bare context serves every environment', () => {
    const map = parseClusterMap(['kind-dev']);

    expect(clustersFor(map, 'prod')).toEqual(['kind-dev']);
    expect(clustersFor(map, null)).toEqual(['kind-dev']);
  });

  test('an environment may have several clusters, and others none', () => {
    const map = parseClusterMap(['prod=eu', 'staging=stg', 'prod=us']);

    expect(clustersFor(map, 'prod')).toEqual(['eu', 'us']);
    expect(clustersFor(map, 'dev')).toEqual([]);
    expect(contextsOf(map)).toEqual(['eu', 'us', 'stg']);
  });

  test.each([[['a', 'b']], [['a', 'prod=b']], [['none', 'a']], [['=a']], [['prod=']]])(
    '%j is a usage error',
    (values) => {
      expect(() => parseClusterMap(values)).toThrow(expect.objectContaining({ code: 'usage' }));
    },
  );

  test('one bare context for several environments is refused and lists them', () => {
    const map = parseClusterMap(['kind-dev']);

    expect(() => checkEnvironments(map, ['prod', 'staging'])).toThrow(/prod, staging/);
    expect(() => checkEnvironments(map, ['prod'])).not.toThrow();
  });

  test('a cluster for an environment that is not there is refused and names those that are', () => {
    const map = parseClusterMap(['prd=eu']);

    expect(() => checkNamed(map, ['prod', 'staging'])).toThrow(/prd/);
    expect(() => checkNamed(map, ['prd'])).not.toThrow();
  });
});
