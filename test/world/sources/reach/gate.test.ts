import { describe, expect, test } from '@jest/globals';
import { openGate, type Reachable } from '../../../../src/world/sources/reach/gate.ts';
import { faultOf } from '../support.ts';

const reach = (url: string, listed: Partial<Reachable>, addresses: readonly string[] = ['93.184.215.14']) =>
  openGate({ allow: ['charts.example.com'], private: [], ...listed }, async () => addresses).addresses(new URL(url));

describe('the hosts that may be reached', () => {
  test('with none listed nothing is, and the error says which line to add', async () => {
    const fault = await faultOf(reach('https://charts.example.com/x', { allow: [] }));

    expect(fault).toMatchObject({ code: 'source-not-allowed', subject: 'charts.example.com' });
    expect(fault.remedy).toBe('If it may be: add "charts.example.com" to sources.allow in the file of the server.');
  });

  test.each([
    ['https://charts.example.com/', 'charts.example.com'],
    ['https://CHARTS.example.com:443/', 'Charts.Example.com'],
    ['https://charts.example.com:8443/', 'charts.example.com:8443'],
    ['https://a.b.example.com/', '*.example.com'],
  ])('%s is reached where %s is listed', async (url, entry) => {
    await expect(reach(url, { allow: [entry] })).resolves.toEqual(['93.184.215.14']);
  });

  test.each([
    ['https://charts.example.com:8443/', 'charts.example.com'],
    ['https://charts.example.com.evil.test/', 'charts.example.com'],
    ['https://example.com/', '*.example.com'],
    ['https://evilexample.com/', '*.example.com'],
    ['https://charts.example.com./', 'charts.example.com'],
  ])('%s is not where %s is', async (url, entry) => {
    expect(await faultOf(reach(url, { allow: [entry] }))).toMatchObject({ code: 'source-not-allowed' });
  });
});

describe('the addresses that may be dialled', () => {
  test('a name that leads to private addresses only is refused by name and address', async () => {
    const fault = await faultOf(reach('https://charts.example.com/', {}, ['10.0.0.7', '169.254.169.254']));

    expect(fault.code).toBe('source-private');
    expect(fault.message).toBe(
      'charts.example.com leads to 10.0.0.7, 169.254.169.254, which is a private or special address.',
    );
  });

  test('of a name with both kinds only the public ones are given', async () => {
    await expect(reach('https://charts.example.com/', {}, ['127.0.0.1', '8.8.8.8'])).resolves.toEqual(['8.8.8.8']);
  });

  test('a listed name may lead into a private network, and a listed range may be reached', async () => {
    const url = 'https://charts.example.com/';

    await expect(reach(url, { private: ['charts.example.com'] }, ['10.0.0.7'])).resolves.toEqual(['10.0.0.7']);
    await expect(reach(url, { private: ['10.0.0.0/8'] }, ['10.0.0.7'])).resolves.toEqual(['10.0.0.7']);
    await expect(reach(url, { private: ['fd00::/8'] }, ['fd00::7'])).resolves.toEqual(['fd00::7']);
  });

  test('a listed name still never leads to the metadata of a cloud', async () => {
    const fault = await faultOf(
      reach('https://charts.example.com/', { private: ['charts.example.com'] }, ['169.254.169.254']),
    );

    expect(fault.code).toBe('source-private');
  });

  test.each([
    'https://127.0.0.1/',
    'https://2130706433/',
    'https://0x7f.1/',
    'https://[::1]/',
    'https://[::ffff:7f00:1]/',
  ])('%s is a private address however it is written', async (url) => {
    expect(await faultOf(reach(url, { allow: [new URL(url).host] }))).toMatchObject({ code: 'source-private' });
  });

  test('a name without addresses is unreachable', async () => {
    expect(await faultOf(reach('https://charts.example.com/', {}, []))).toMatchObject({
      code: 'source-unreachable',
      kind: 'unavailable',
    });
  });
});
