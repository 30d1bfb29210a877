import { describe, expect, test } from '@jest/globals';
import { kindOfAddress } from '../../../../src/world/sources/reach/special-addresses.ts';

describe('the kind of an address', () => {
  test.each([
    '93.184.215.14',
    '8.8.8.8',
    '2606:2800:220:1::1',
    '172.32.0.1',
    '100.128.0.1',
    '::ffff:8.8.8.8',
    '64:ff9b::808:808',
  ])('%s is public', (address) => {
    expect(kindOfAddress(address)).toBe('public');
  });

  test.each([
    ...[
      '10.0.0.1',
      '172.16.0.1',
      '172.31.255.255',
      '192.168.1.1',
      '100.64.0.1',
      '100.100.100.200',
      '127.0.0.1',
      '127.8.8.8',
    ],
    ...['::1', 'fd00:ec2::254', 'fc00::1', '::ffff:127.0.0.1', '::ffff:a00:1', '64:ff9b::a00:1'],
  ])('%s is private', (address) => {
    expect(kindOfAddress(address)).toBe('private');
  });

  test.each([
    ...['169.254.169.254', '0.0.0.0', '0.1.2.3', '192.0.0.192', '192.0.2.1', '198.18.0.1', '203.0.113.9', '224.0.0.1'],
    ...[
      '255.255.255.255',
      '240.0.0.1',
      '168.63.129.16',
      '::',
      'fe80::1',
      'fe80::1%eth0',
      'ff02::1',
      '2001:db8::1',
      '2002:a00:1::',
    ],
    ...['2001::1', '3fff::1', '4000::1', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', 'localhost', ''],
  ])('%s is special', (address) => {
    expect(kindOfAddress(address)).toBe('special');
  });
});
