import { describe, expect, test } from '@jest/globals';
import { isSameRepository, repositoryKey } from '../../src/formats/repository-url.ts';

describe('the address of a repository', () => {
  test.each([
    'https://github.com/acme/fleet',
    'https://github.com/acme/fleet.git',
    'http://github.com/acme/fleet/',
    'https://bot@github.com/Acme/Fleet.git',
    'https://user:word@github.com:443/acme/fleet',
    'git@github.com:acme/fleet.git',
    'github.com:acme/fleet',
    'ssh://git@github.com/acme/fleet.git',
    'ssh://git@ssh.github.com:443/acme/fleet',
    'ssh://git@altssh.github.com:443/acme/fleet.git',
    'HTTPS://GitHub.com/acme/fleet',
  ])('is the same however it is written: %s', (address) => {
    expect(isSameRepository('https://github.com/acme/fleet.git', address)).toBe(true);
  });

  test.each([
    'https://github.com/acme/fleet-two',
    'https://github.com/acme/fleet/charts',
    'https://example.com/acme/fleet',
    'https://github.com.example.com/acme/fleet',
    'https://example.com/github.com/acme/fleet',
    'https://github.com@example.com/acme/fleet',
    'git@github.com:other/fleet.git',
    'oci://github.com/acme/fleet',
    'acme/fleet',
    '',
  ])('is another one: %s', (address) => {
    expect(isSameRepository('https://github.com/acme/fleet.git', address)).toBe(false);
  });

  test('keeps all folders of the path', () => {
    expect(repositoryKey('git@gitlab.example.com:group/sub/fleet.git')).toBe('gitlab.example.com/group/sub/fleet');
  });
});
