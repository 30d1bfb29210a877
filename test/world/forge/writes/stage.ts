import { afterAll } from '@jest/globals';
import type { RepoPort } from '../../../../src/world/forge/forge.ts';
import { createRecorder } from '../../../../src/world/forge/writes/recorder.ts';
import { openSqlite } from '../../../../src/world/store/sqlite/sqlite.ts';
import type { Intent, Outbox } from '../../../../src/world/store/store.ts';

const stores: (() => Promise<void>)[] = [];
afterAll(async () => {
  for (const close of stores) await close();
});

/** An outbox that is really kept. */
export async function openOutbox(now: () => Date = () => new Date()): Promise<Outbox> {
  const { store, close } = await openSqlite({ path: ':memory:', now, random: () => 0 });
  stores.push(close);
  return store.outbox;
}

/** The port as a process sees it that starts now: it knows what those before it left open. */
export async function recorded(port: RepoPort, outbox: Outbox): Promise<RepoPort> {
  const open = (await outbox.open()).map(({ key }) => key);
  return createRecorder(outbox, open).port(port);
}

/** The part of an intent's key behind the repository. */
export const placeOf = ({ key }: Pick<Intent, 'key'>): string => key.replace(/^write:[^:]+:\d+:/, '');
