import { beforeAll, describe, expect, test } from '@jest/globals';
import { type ControlPlane, useControlPlane } from './control-plane.ts';

let plane: ControlPlane;

beforeAll(async () => {
  plane = await useControlPlane();
}, 900_000);

describe('the control plane of tests', () => {
  test('is a real API server in the pinned version', async () => {
    const { status, text } = await plane.request('GET', '/version');

    expect(status).toBe(200);
    expect(JSON.parse(text).gitVersion).toBe('v1.36.3');
  });

  test('answers kubectl and gives each caller a namespace of its own', async () => {
    const [one, two] = [await plane.namespace(), await plane.namespace('shop')];

    const names = await plane.kubectl(['get', 'namespace', one, two, '-o', 'name']);

    expect(names).toBe(`namespace/${one}\nnamespace/${two}\n`);
    expect(two).toMatch(/^shop-[0-9a-f]{8}$/);
  });

  test('is one and the same for everybody who asks', async () => {
    expect((await useControlPlane()).server).toBe(plane.server);
  });

  test.each([
    ['real-viewer', 'get', 'no'],
    ['real-reader', 'get', 'yes'],
    ['real-reader', 'patch', 'no'],
    ['real-planner', 'patch', 'yes'],
    ['real-planner', 'delete', 'no'],
    ['real', 'delete', 'yes'],
  ])('lets context %s %s a deployment: %s', async (context, verb, answer) => {
    const args = ['--context', context, 'auth', 'can-i', verb, 'deployments.apps', '-n', 'default'];

    const printed = await plane.kubectl(args, { exitCodes: [1] });

    expect(printed.trim()).toBe(answer);
  });

  test('says what kubectl said when kubectl fails', async () => {
    await expect(plane.kubectl(['get', 'configmap', 'absent'])).rejects.toThrow('configmaps "absent" not found');
  });
});
