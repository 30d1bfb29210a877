import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { freshDatabase, type OwnPostgres, ownPostgres } from './postgres.ts';

describe('the shared PostgreSQL', () => {
  test('is a real one that writes through to the disk, with a database for each suite', async () => {
    const [one, two] = await Promise.all([freshDatabase(), freshDatabase()]);

    await one.query('create table here (n integer)');

    expect(await one.query('show fsync')).toEqual([{ fsync: 'on' }]);
    expect(Number((await one.query('show server_version_num'))[0]?.['server_version_num'])).toBeGreaterThan(150_000);
    await expect(two.query('select * from here')).rejects.toThrow('does not exist');
    await Promise.all([one.drop(), two.drop()]);
    await expect(one.query('select 1')).rejects.toThrow('does not exist');
  });
});

describe('a PostgreSQL of their own for tests of faults', () => {
  let server: OwnPostgres;
  beforeAll(async () => {
    server = await ownPostgres();
  });
  afterAll(() => server.remove());

  test.each(['stop', 'crash'] as const)('comes back after %s with what it was told', async (end) => {
    const database = await server.freshDatabase();
    await database.query('create table kept as select 7 as n');

    await server[end]();

    await expect(database.query('select n from kept')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await server.start();
    expect(await database.query('select n from kept')).toEqual([{ n: 7 }]);
  });
});
