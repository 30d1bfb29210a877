import { expect, test } from '@jest/globals';
import { definitionsOf } from '../../../src/formats/openapi/definition.ts';
import { essenceOf } from '../../../src/formats/openapi/essence.ts';
import { openPatchSchema } from '../../../src/formats/openapi/patch-schema.ts';
import { packDocument } from '../../../src/gitops/validate/packed-document.ts';
import { isJsonList, isJsonObject, type JsonObject, pickText } from '../../../src/model/json.ts';
import { useControlPlane } from '../../control-plane/control-plane.ts';

test.each(['api/v1', 'apis/apps/v1', 'apis/apiextensions.k8s.io/v1'])(
  'the essence of %s says of its kinds what the whole says, in a fifth of it at most',
  async (name) => {
    const plane = await useControlPlane();
    const text = await plane.kubectl(['get', '--raw', `/openapi/v3/${name}`]);
    const whole: JsonObject = JSON.parse(text);
    const essence = essenceOf(whole);
    const takesPatches = (document: JsonObject) => kindsOf(whole).map((id) => openPatchSchema(document, id) !== null);

    expect(JSON.stringify(essence).length).toBeLessThan(text.length / 5);
    expect(packDocument('v1', essence).hash).toBe(packDocument('v1', whole).hash);
    expect(takesPatches(essence)).toEqual(takesPatches(whole));
    expect(new Set(takesPatches(whole))).toEqual(new Set([true, false]));
  },
  60_000,
);

test('a property that is called description stays', () => {
  const schema = { type: 'object', description: 'prose', properties: { description: { type: 'string' } } };

  const { components } = essenceOf({ openapi: '3.0.0', components: { schemas: { Gadget: schema } } });

  expect(components).toEqual({
    schemas: { Gadget: { type: 'object', properties: { description: { type: 'string' } } } },
  });
});

function kindsOf(document: JsonObject) {
  return Object.values(definitionsOf(document)).flatMap((schema) => {
    const marks = isJsonObject(schema) ? schema['x-kubernetes-group-version-kind'] : undefined;
    return (isJsonList(marks) ? marks : []).map((mark) => {
      const [group = '', version = '', kind = ''] = ['group', 'version', 'kind'].map((key) => pickText(mark, key));
      return { group, version, kind };
    });
  });
}
