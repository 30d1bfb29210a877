import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { buildingModules, fairlead, modulesBuilt } from '../support/command-line.ts';
import { type Contents, chartYaml, configMap, pullRepository } from '../support/pull-repository.ts';
import { type ReviewJson, readReview } from '../support/review-schema.ts';
import type { TemporaryRepository } from '../world/git/temporary-repository.ts';

const made: TemporaryRepository[] = [];
beforeAll(modulesBuilt, buildingModules);
afterAll(() => {
  for (const repository of made) repository.remove();
});

const settings = (mode: string, engine = 'apply', on = 'merge') =>
  `version: 1\nmode: ${mode}\nenvironments:\n  prod:\n    deploy: { on: ${on}, engine: ${engine} }\n`;

const web = {
  'apps/web/prod/a.yaml': configMap('a'),
  'apps/web/prod/b.yaml': configMap('b'),
  'apps/api/prod/c.yaml': configMap('c'),
};
const withoutWeb = { 'apps/web/prod/a.yaml': null, 'apps/web/prod/b.yaml': null };

async function reviewed(config: string, base: Contents, head: Contents): Promise<ReviewJson> {
  const repository = pullRepository({ '.fairlead.yaml': config, ...base }, head);
  made.push(repository);
  const run = await fairlead(['review', '--format', 'json'], { cwd: repository.path });
  expect(run.stderr).toBe('');
  return readReview(run.stdout);
}

const deleted = ({ changes }: ReviewJson) =>
  changes.filter(({ action }) => action === 'delete').map(({ resource }) => resource.name);
const told = ({ findings }: ReviewJson) => findings.filter(({ rule }) => rule === 'application-removed');

describe('an application that a pull takes away whole', () => {
  test('stays in the cluster where Fairlead deploys: it is said, and no delete is promised', async () => {
    const review = await reviewed(settings('enforce'), web, withoutWeb);

    expect(review.verdict).toBe('caution');
    expect(deleted(review)).toEqual([]);
    expect(told(review)).toMatchObject([
      {
        severity: 'caution',
        target: 'apps/web@prod',
        message:
          'Git holds nothing for it any more, and its 2 objects stay in the cluster: Fairlead deletes nothing of an application that goes as a whole. Left behind: ConfigMap default/a, ConfigMap default/b.',
        fix: 'Delete them by hand after the merge. Or take out all but one in a pull of their own before this one: that pull deletes them.',
      },
    ]);
  });

  test('stays as well when the application is there and renders to nothing', async () => {
    const template = `{{- if .Values.enabled }}\n${configMap('a')}{{- end }}\n`;
    const chart = { 'prod/web/Chart.yaml': chartYaml, 'prod/web/templates/a.yaml': template };
    const on = { ...chart, 'prod/web/values.yaml': 'enabled: true\n' };
    const review = await reviewed(settings('enforce'), on, { 'prod/web/values.yaml': 'enabled: false\n' });

    expect([review.verdict, deleted(review), told(review).length]).toEqual(['caution', [], 1]);
  });

  test.each([
    ['a controller that deletes by its own settings', settings('enforce', 'argocd')],
    ['somebody else, in observe mode', settings('observe')],
    ['somebody else, where nothing is deployed', settings('enforce', 'apply', 'never')],
  ])('is in the hands of %s', async (_who, config) => {
    const review = await reviewed(config, web, withoutWeb);

    expect(review.verdict).toBe('caution');
    expect(deleted(review)).toEqual(['a', 'b']);
    expect(told(review)).toMatchObject([
      {
        message:
          'Git holds nothing for it any more. Whether its 2 objects are deleted is up to what deploys it, such as the prune settings of Argo CD or Flux; Fairlead deletes nothing.',
        fix: 'Look at those settings before the merge, and at what is left after it.',
      },
    ]);
  });

  test('is another thing than one that loses an object, or moves', async () => {
    const less = await reviewed(settings('enforce'), web, { 'apps/web/prod/a.yaml': null });
    const moved = await reviewed(settings('enforce'), web, {
      ...withoutWeb,
      'apps/site/prod/a.yaml': configMap('a'),
      'apps/site/prod/b.yaml': configMap('b'),
    });

    expect([less.verdict, deleted(less), told(less)]).toEqual(['ready', ['a'], []]);
    expect([deleted(moved), told(moved)]).toEqual([[], []]);
  });
});
