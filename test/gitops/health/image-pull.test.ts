import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../src/model/json.ts';
import { ago, condition, container, podWith, verdict } from './objects.ts';

const image = 'registry.example/shop:2';
const backOff = `Back-off pulling image "${image}"`;
const absent = `${backOff}: ErrImagePull: rpc error: code = NotFound desc = failed to pull and unpack image "${image}": not found`;

function pulling(reason: string, message: string, conditions: readonly JsonObject[]): JsonObject {
  return podWith([container({ waiting: { reason, message } })], { phase: 'Pending', conditions });
}

const initialized = (seconds: number): JsonObject =>
  condition('Initialized', 'True', 'Initialized', { lastTransitionTime: ago(seconds) });

describe('an image that cannot be had', () => {
  test.each<[string, number, string]>([
    ['the registry says it has no such image', 15, 'progressing'],
    ['the registry says it has no such image', 16, 'failed'],
    ['the kubelet does not say why', 60, 'progressing'],
    ['the kubelet does not say why', 61, 'failed'],
  ])('where %s, %i s after it could be pulled: %s', (title, seconds, state) => {
    const message = title.startsWith('the registry') ? absent : backOff;

    expect(verdict(pulling('ImagePullBackOff', message, [initialized(seconds)]))).toBe(`${state} ImagePullBackOff`);
  });

  test('is under way after one try, however long that took', () => {
    expect(verdict(pulling('ErrImagePull', absent, [initialized(4_000)]))).toBe('progressing ErrImagePull');
  });

  test('is under way where nobody knows since when it could be pulled', () => {
    expect(verdict(pulling('ImagePullBackOff', absent, []))).toBe('progressing ImagePullBackOff');
  });

  test('of an init container counts since its sandbox was ready', () => {
    const waits = condition('Initialized', 'False', 'ContainersNotInitialized', { lastTransitionTime: ago(4_000) });
    const sandbox = (seconds: number): JsonObject =>
      condition('PodReadyToStartContainers', 'True', 'Yes', { lastTransitionTime: ago(seconds) });

    expect(verdict(pulling('ImagePullBackOff', absent, [waits, sandbox(5)]))).toBe('progressing ImagePullBackOff');
    expect(verdict(pulling('ImagePullBackOff', absent, [waits, sandbox(20)]))).toBe('failed ImagePullBackOff');
  });

  test.each([
    'dial tcp 203.0.113.7:443: i/o timeout',
    'dial tcp 203.0.113.7:443: connect: connection refused',
    'lookup registry.example: no such host',
    'net/http: TLS handshake timeout',
    'unexpected status from HEAD request to https://registry.example/v2/shop/manifests/2: 503 Service Unavailable',
    'unexpected status code https://registry.example/v2/: 502 Bad Gateway',
    '429 Too Many Requests - Server message: toomanyrequests: You have reached your pull rate limit',
    'httpReadSeeker: failed open: unexpected EOF',
  ])('because the registry is out of reach is never a failure: %s', (said) => {
    const message = `${backOff}: ErrImagePull: failed to pull and unpack image "${image}": ${said}`;

    expect(verdict(pulling('ImagePullBackOff', message, [initialized(90_000)]))).toBe('progressing ImagePullBackOff');
    expect(verdict(pulling('RegistryUnavailable', said, [initialized(90_000)]))).toBe(
      'progressing RegistryUnavailable',
    );
  });

  test('is not out of reach because its name has such digits', () => {
    const message = `Back-off pulling image "shop:503": ErrImagePull: failed to resolve reference "shop:503": not found`;

    expect(verdict(pulling('ImagePullBackOff', message, [initialized(20)]))).toBe('failed ImagePullBackOff');
  });
});
