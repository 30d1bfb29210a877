import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { HIDDEN } from '../../../src/model/redacted.ts';
import { redactor } from './redacting.ts';

const root = join(import.meta.dirname, '..', '..', '..');
const folders = ['test/fixtures', 'test/golden', 'src/cli/demo/repository', 'docs', 'policies'];

/** What Secrets of real clusters hold: drawn passwords and keys, and much that is hardly secret. */
const values: readonly string[] = [
  ...[
    'admin',
    'root',
    'shop',
    'default',
    'postgres',
    'redis',
    'grafana',
    'true',
    'false',
    '5432',
    '3306',
    'prod',
    'eu-west-1',
  ],
  ...[
    'orders',
    'public',
    'orders-db.shop.svc',
    'orders-db',
    'require',
    'disable',
    '10.0.0.17',
    'smtp.example.org',
    '587',
  ],
  ...[
    'noreply@shop.example',
    'S3cr3t!',
    'correct-horse-battery-staple',
    'tr0ub4dor-and-3',
    'hunter2',
    'changeme',
    'guest',
  ],
  'postgres://shop:kV9pQ2xL7mZ4@orders-db.shop.svc:5432/orders?sslmode=require',
  'amqp://guest:guest@rabbitmq.shop.svc:5672/',
  'aB3dE5gH7jK9mN1pQ4sT6vX8zA2cD4fG6hJ8kL1n',
  '{"auths":{"registry.example":{"username":"robot$shop","password":"kL1nP3rS5tU7wY9aB3dE5gH7"}}}',
  '[database]\nuser = shop\npassword = kV9pQ2xL7mZ4\nhost = orders-db.shop.svc\n',
  '-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ2xpZW50IENlcnRpZmljYXRl\n-----END CERTIFICATE-----\n',
  ...Array.from({ length: 200 }, (_, index) => `${(index * 7_919_317 + 104_729).toString(36)}-${index}xK`),
];

interface Counted {
  readonly words: number;
  readonly masked: number;
}

function count(text: string, subject: ReturnType<typeof redactor>): Counted {
  const before = text.split(/\s+/).filter(Boolean);
  const after = subject.text(text).split(/\s+/).filter(Boolean);
  const shown = after.filter((word) => !word.includes(HIDDEN)).length;
  return { words: before.length, masked: Math.max(0, before.length - shown) };
}

function texts(folder: string): readonly string[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.(?:ya?ml|md|tpl|json|txt)$/.test(entry.name))
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'utf8'));
}

describe('clean texts', () => {
  const subject = redactor();
  values.forEach(subject.learn);

  test.each(folders)('of %s lose at most two words of a hundred', (folder) => {
    const counted = texts(folder).map((text) => count(text, subject));
    const words = counted.reduce((sum, one) => sum + one.words, 0);
    const masked = counted.reduce((sum, one) => sum + one.masked, 0);

    expect(words).toBeGreaterThan(100);
    expect(masked / words).toBeLessThanOrEqual(0.02);
  });

  test('are counted for what they lose', () => {
    expect(count('the password is correct-horse-battery-staple here', subject)).toEqual({ words: 5, masked: 1 });
    expect(count('nothing to hide', subject)).toEqual({ words: 3, masked: 0 });
  });
});
