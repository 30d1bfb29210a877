import { describe, expect, test } from '@jest/globals';
import { confine } from '../../../src/features/review/confine.ts';
import {
  previewApplications,
  previewEnvironments,
  previewFindings,
  proposedTenancy,
} from '../../../src/features/review/preview-settings.ts';
import type { RenderedTarget } from '../../../src/features/review/render-target.ts';
import type { Finding } from '../../../src/model/finding.ts';
import type { Resource } from '../../../src/model/resource.ts';
import { defaultSettings } from '../../../src/model/settings.ts';
import type { Application } from '../../../src/model/target.ts';
import type { Bound } from '../../../src/model/tenancy.ts';
import type { Verdict } from '../../../src/model/verdict.ts';
import { gitPlace } from '../../../src/world/cluster/place.ts';
import { parseSettings } from '../../../src/world/config/parse-settings.ts';

const finding = (rule: string, severity: Finding['severity']): Finding => ({
  ...{ rule, severity, target: null, resource: null, file: null, line: null, message: rule, fix: null },
});
const review = (verdict: Verdict, ...findings: readonly Finding[]) => ({ verdict, findings });
const texts = (findings: readonly Finding[]): readonly string[] =>
  findings.map(({ rule, severity, file, message }) => `${rule} ${severity} ${file}: ${message}`);
const told = (text: string): string =>
  `config-preview note .fairlead.yaml: With the settings this pull proposes, ${text}.`;

describe('what a pull that changes the settings would make of itself', () => {
  test('nothing is told of what stays', () => {
    const same = review('blocked', finding('image-latest', 'block'));

    expect(previewFindings({ now: same, proposed: same })).toEqual([]);
  });

  test('its verdict, and each rule whose findings change', () => {
    const now = review(
      'blocked',
      finding('image-latest', 'block'),
      finding('image-latest', 'block'),
      finding('pdb', 'note'),
    );
    const proposed = review('ready', finding('image-latest', 'note'), finding('image-latest', 'note'));

    expect(texts(previewFindings({ now, proposed }))).toEqual([
      told('this pull would be ready instead of blocked'),
      told('the findings of image-latest here would be 2 note, now 2 block'),
      told('the findings of pdb here would be none, now 1 note'),
    ]);
  });

  test('environments that come to other clusters, and what would be deployed there', () => {
    const parse = (environments: string) => {
      const read = parseSettings(`version: 1\nenvironments:\n${environments}`, {
        file: '.fairlead.yaml',
        ...{ engines: ['apply', 'argocd'], clusters: null },
      });
      if (read.settings === null) throw new Error(JSON.stringify(read.problems));
      return read.settings;
    };
    const now = parse('  prod: { clusters: [b, a] }\n  dev: {}\n  old: {}\n');
    const proposed = parse(
      '  prod: { clusters: [c], branch: release, deploy: { on: merge, engine: argocd } }\n  dev: {}\n  new: { clusters: [c] }\n',
    );

    expect(previewEnvironments(now, now)).toEqual([]);
    expect(texts(previewEnvironments(now, proposed))).toEqual([
      told('there would be an environment new, on c'),
      told('there would be no environment old'),
      told('environment prod would be on c, now on a, b'),
      told('environment prod would be deployed from release, now the default branch'),
      told('environment prod would be deployed on merge, now never'),
      told('1 more setting of environments would change'),
    ]);
    expect(texts(previewEnvironments(parse('  dev: { clusters: [a] }\n'), parse('  dev: {}\n')))).toEqual([
      told('environment dev would be on the clusters the server maps to it, now on a'),
    ]);
  });

  test('applications that come to another environment, the first few by name', () => {
    const all = (environment: string | null): readonly Application[] =>
      Array.from({ length: 7 }, (_, index) => ({
        ...{ name: `app-${index}`, root: `app-${index}`, renderer: 'plain' as const, environment },
        ...{ valuesFiles: [], inputs: [] },
      }));

    const found = texts(previewApplications(all(null), [...all('prod').slice(0, 6), ...all(null).slice(6)]));

    expect(found).toHaveLength(6);
    expect(found[0]).toBe(told('app-0 in no environment would be app-0 in prod'));
    expect(found[5]).toBe(told('1 more applications would change so'));
  });

  test('objects that its tenancy would refuse or let pass, while the one in force holds', () => {
    const bound = (by: Bound['by'], ...namespaces: readonly string[]): Bound => ({
      by,
      tenants: [{ name: 'a', paths: ['**'], clusters: [], namespaces, kinds: { allow: [], deny: [] } }],
    });
    const application: Application = {
      ...{ name: 'web', root: 'web', renderer: 'plain', environment: null, valuesFiles: [], inputs: [] },
    };
    const resource = (namespace: string): Resource => ({
      id: { group: '', version: 'v1', kind: 'ConfigMap', namespace, name: 'x' },
      ...{ object: {}, source: null, lines: new Map(), random: [] },
    });
    const target = { id: 'web', application: 'web', environment: null, cluster: null, digest: null, error: null };
    const resources = ['one', 'two', 'three'].map(resource);
    const rendered: RenderedTarget = {
      ...{ target, place: gitPlace, base: resources, head: resources, declared: null, isGone: false, findings: [] },
    };
    const settings = { ...defaultSettings, tenancy: [bound('server', '*'), bound('repository', 'one', 'two')] };
    const proposed = proposedTenancy(settings, { ...defaultSettings, tenancy: [bound('repository', 'three')] });
    const pair = { name: 'web', environment: null, base: application, head: application };

    const confined = confine(rendered, pair, { tenancy: settings.tenancy, proposed });

    expect(confined.head?.map(({ id }) => id.namespace)).toEqual(['one', 'two']);
    expect(texts(confined.findings.filter(({ rule }) => rule === 'config-preview'))).toEqual([
      told('2 objects of web would lie outside the tenancy'),
      told('1 object of web would lie inside the tenancy'),
    ]);
    expect(proposed.map(({ by }) => by)).toEqual(['server', 'repository']);
  });
});
