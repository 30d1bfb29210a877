import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { openPostgres } from '../../src/world/store/postgres/postgres.ts';
import { type AskedServer, apiToken, askedServer, listenFor } from '../support/asked-server.ts';
import { fairlead } from '../support/command-line.ts';
import { freshDatabase, type TestDatabase } from '../support/postgres.ts';

let database: TestDatabase;
let worker: AskedServer;
const opened = () => openPostgres({ url: database.url, now: () => new Date(), random: Math.random });
beforeAll(async () => {
  database = await freshDatabase();
  worker = await askedServer(opened);
});
afterAll(async () => {
  await worker.stop();
  await database.drop();
});

test('of two servers on one database either is asked by its address, whichever carries it out; status reads the database', async () => {
  const { store, queue, close } = await opened();
  const web = await listenFor({ ...worker.tools, store, queue });
  const [first] = worker.commits;
  const env = { FAIRLEAD_DATA: '/nowhere', FAIRLEAD_API_TOKEN: apiToken };

  const one = await fairlead(['deploy', 'prod', '--commit', first, '--wait'], {
    env: { ...env, FAIRLEAD_SERVER: web.url },
  });
  worker.ends = 'failed';
  const two = await fairlead(['deploy', 'prod', '--wait'], { env: { ...env, FAIRLEAD_SERVER: worker.url } });
  const shown = await fairlead(['status', 'prod'], { env: { DATABASE_URL: database.url } });
  await web.close();
  await close();

  expect([one, two, shown].map(({ code }) => code)).toEqual([0, 6, 0]);
  expect(one.stderr).toMatch(/D-1 web@prod:prod-eu: healthy\n$/);
  expect(shown.stdout).toMatch(/^web +prod +prod-eu +failed /m);
});
