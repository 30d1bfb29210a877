import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type OpenedStore, openSqlite } from '../../src/world/store/sqlite/sqlite.ts';

/** A data folder as a running server has it: its store is open, and its lock held. */
export interface KeptFolder extends OpenedStore {
  readonly path: string;
  readonly remove: () => Promise<void>;
}

/** Makes one; its store is in it unless it is opened elsewhere. */
export async function keptFolder(open = inFolder): Promise<KeptFolder> {
  const path = mkdtempSync(join(tmpdir(), 'fairlead-test-data-'));
  const opened = await open(path);
  return {
    ...opened,
    path,
    remove: async () => {
      await opened.close();
      rmSync(path, { recursive: true, force: true });
    },
  };
}

function inFolder(path: string): Promise<OpenedStore> {
  return openSqlite({ path: join(path, 'fairlead.db'), now: () => new Date(), random: Math.random });
}
