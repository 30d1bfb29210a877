import { describe, expect, test } from '@jest/globals';
import { readClusterSecret } from '../../../src/formats/argocd/cluster-secret.ts';
import { decodeYaml } from '../../../src/formats/yaml/decode.ts';
import { isJsonObject, type JsonObject } from '../../../src/model/json.ts';

const label = 'argocd.argoproj.io/secret-type: cluster';
const limits = { bytes: 100_000, nodes: 1000 };

function objectOf(text: string): JsonObject {
  const value = decodeYaml({ file: 'x', bytes: new TextEncoder().encode(text), limits })[0]?.value;
  if (!isJsonObject(value)) throw new Error('no object');
  return value;
}

const base64 = (text: string) => Buffer.from(text).toString('base64');

describe('a cluster of Argo CD', () => {
  test.each([
    ['a Secret as it is applied', `stringData: {name: prod-eu, server: https://a, config: CANARY}`],
    ['a Secret as it is stored', `data: {name: ${base64('prod-eu')}, server: ${base64('https://a')}, config: CANARY}`],
  ])('%s', (_title, data) => {
    const read = readClusterSecret(
      objectOf(`kind: Secret\nmetadata: {name: c, labels: {${label}, env: prod}, annotations: {note: x}}\n${data}`),
    );

    expect(read).toEqual({
      secret: 'c',
      name: 'prod-eu',
      server: 'https://a',
      project: '',
      labels: { 'argocd.argoproj.io/secret-type': 'cluster', env: 'prod' },
      annotations: { note: 'x' },
    });
  });

  test('no copy of the whole Secret is kept, only that there was one', () => {
    const read = readClusterSecret(
      objectOf(
        `kind: Secret\nmetadata: {name: c, labels: {${label}}, annotations: {kubectl.kubernetes.io/last-applied-configuration: CANARY}}`,
      ),
    );

    expect(read?.annotations).toEqual({ 'kubectl.kubernetes.io/last-applied-configuration': '' });
  });

  test.each<[string, string, object]>([
    [
      'an ExternalSecret with a template',
      `kind: ExternalSecret\nmetadata: {name: e}\nspec: {target: {name: c, template: {metadata: {labels: {${label}}}, data: {name: prod-eu, server: '{{ .server }}'}}}}`,
      { secret: 'c', name: 'prod-eu', server: null, project: null },
    ],
    [
      'an ExternalSecret without one, whose labels the Secret gets',
      `kind: ExternalSecret\nmetadata: {name: e, labels: {${label}}}\nspec: {}`,
      { secret: 'e', name: null, server: null, project: null },
    ],
    [
      'a SealedSecret, which shows labels only',
      `kind: SealedSecret\nmetadata: {name: c}\nspec: {encryptedData: {name: Ag}, template: {metadata: {labels: {${label}, env: prod}}}}`,
      { secret: 'c', name: null, server: null, labels: { 'argocd.argoproj.io/secret-type': 'cluster', env: 'prod' } },
    ],
    [
      'a Secret that SOPS encrypted',
      `kind: Secret\nmetadata: {name: c, labels: {${label}}}\nstringData: {name: 'ENC[AES256_GCM,data:x]', server: 'ENC[y]'}`,
      { secret: 'c', name: null, server: null, project: '' },
    ],
  ])('%s', (_title, text, expected) => {
    expect(readClusterSecret(objectOf(text))).toMatchObject(expected);
  });

  test.each([
    ['another Secret', 'kind: Secret\nmetadata: {name: c, labels: {argocd.argoproj.io/secret-type: repository}}'],
    [
      'a template without the label',
      `kind: SealedSecret\nmetadata: {name: c, labels: {${label}}}\nspec: {template: {}}`,
    ],
    ['another kind', `kind: ConfigMap\nmetadata: {name: c, labels: {${label}}}`],
  ])('%s is none', (_title, text) => {
    expect(readClusterSecret(objectOf(text))).toBeNull();
  });
});
