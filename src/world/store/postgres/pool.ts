import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from 'kysely';
import { Pool, type PoolClient, types } from 'pg';
import { keptText } from '../sql/text-column.ts';
import { addressOf } from './address.ts';
import { connectionAfter, restore } from './faults.ts';

/** How long things may take, in milliseconds. */
export interface Deadlines {
  /** To get a connection, new or free. */
  readonly connect: number;
  /** Of a statement; the database ends it, and when it does not, the connection is given up a moment later. */
  readonly statement: number;
  /** A transaction may stand still so long, such as when its process was stopped: it holds up everybody else. */
  readonly idle: number;
}

/** Together below the 15 seconds in which a connection that leads nowhere is noticed. */
export const usualDeadlines: Deadlines = { connect: 5_000, statement: 10_000, idle: 10_000 };

/** This side ends a statement later than the database, by one part in so many. */
const grace = 5;

export interface PoolOptions {
  readonly url: string;
  /** What the sessions are called in `pg_stat_activity`. */
  readonly name: string;
  readonly readOnly: boolean;
  /** Connections at most. */
  readonly size: number;
  readonly deadlines: Deadlines;
}

/** The schema Fairlead keeps its tables in. */
export const schema = 'fairlead';

/** Connections to a database. Everything rejects with `FairleadError` `store-failed`; what is lost is replaced by the next use. */
export class Connections implements PostgresPool {
  readonly options: object = {};
  readonly address: string;
  readonly #pool: Pool;
  /** In which age each was made; those of an age that is over are not used again. */
  readonly #born = new WeakMap<PoolClient, number>();
  readonly #lost = new WeakSet<PoolClient>();
  #age = 0;
  #end: Promise<void> | null = null;

  constructor(options: PoolOptions) {
    this.address = addressOf(options.url);
    this.#pool = createPool(options);
    this.#pool.on('connect', (client) => this.#born.set(client, this.#age));
    // One that is not in use was lost: the pool has removed it, and whoever comes next is given another.
    this.#pool.on('error', () => {});
  }

  async connect(): Promise<PostgresPoolClient> {
    for (;;) {
      const client = await this.#acquire();
      if (this.#born.get(client) === this.#age) return this.#lend(client);
      discard(client);
    }
  }

  /** One statement on a connection of its own; several, divided by semicolons, where there are no parameters. */
  async query(
    statement: string,
    parameters: readonly unknown[] = [],
  ): Promise<{ readonly rows: Readonly<Record<string, unknown>>[]; readonly rowCount: number | null }> {
    const client = await this.connect();
    try {
      const asked = client.query<Record<string, unknown>>(statement, parameters);
      // What `pg` gives has the count too; several statements give a list.
      return (await asked) as Awaited<typeof asked> & { readonly rowCount: number | null };
    } finally {
      client.release();
    }
  }

  /** Waits for what is in use, then closes. */
  end(): Promise<void> {
    this.#end ??= this.#pool.end();
    return this.#end;
  }

  async #acquire(): Promise<PoolClient> {
    try {
      return await this.#pool.connect();
    } catch (error) {
      throw restore(this.address, error);
    }
  }

  #lend(client: PoolClient): PostgresPoolClient {
    // Without a listener the loss of a connection in use would end the process; its next statement tells.
    const onError = (): void => void this.#lost.add(client);
    client.on('error', onError);
    let fault: unknown = null;
    const query = async <R>(statement: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> => {
      // What waits for an answer that does not come would make everything after it wait too.
      if (fault !== null) throw restore(this.address, fault);
      try {
        // Kysely asks for the rows, whose type it knows, their count and the command, which it compares with words.
        return (await client.query(statement, parameters.map(kept))) as unknown as PostgresQueryResult<R>;
      } catch (error) {
        if (this.#judge(client, error)) fault = error;
        throw restore(this.address, error);
      }
    };
    const release = (isOver = false): void => {
      if (isOver || fault !== null || this.#lost.has(client)) {
        discard(client);
      } else {
        client.removeListener('error', onError);
        client.release();
      }
    };
    // Kysely asks for a cursor only where a dialect has one.
    return { query: query as PostgresPoolClient['query'], release };
  }

  /** Whether the connection is of no use any more. */
  #judge(client: PoolClient, error: unknown): boolean {
    const state = connectionAfter(error);
    if (state === 'stale' && this.#born.get(client) === this.#age) this.#age += 1;
    return state !== 'sound';
  }
}

/** What outsiders wrote may hold what PostgreSQL refuses in a text; a job that fails for it each time would be of no use to anybody. */
function kept(parameter: unknown): unknown {
  return typeof parameter === 'string' ? keptText(parameter) : parameter;
}

/** Takes a connection out of the pool without a word to the other side, which may never answer. Its listener stays. */
function discard(client: PoolClient): void {
  client.on('error', () => {});
  client.connection.stream.destroy();
  client.release(true);
}

function createPool({ url, name, readOnly, size, deadlines }: PoolOptions): Pool {
  const settings = {
    search_path: schema,
    statement_timeout: deadlines.statement,
    idle_in_transaction_session_timeout: deadlines.idle,
    default_transaction_read_only: readOnly ? 'on' : 'off',
    synchronous_commit: 'on',
    // The server notices a client that vanished, and frees what it held.
    tcp_keepalives_idle: 5,
    tcp_keepalives_interval: 3,
    tcp_keepalives_count: 2,
  };
  const entries = Object.entries(settings).filter(([key]) => key !== 'default_transaction_read_only' || readOnly);
  const calls = entries.map((_entry, at) => `set_config($${2 * at + 1}, $${2 * at + 2}, false)`);
  return new Pool({
    connectionString: url,
    application_name: name,
    max: size,
    connectionTimeoutMillis: deadlines.connect,
    query_timeout: deadlines.statement * (1 + 1 / grace),
    idleTimeoutMillis: 60_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 5_000,
    allowExitOnIdle: true,
    types: { getTypeParser },
    // Statements, not start-up parameters: poolers refuse those they do not know.
    onConnect: async (client) => {
      await client.query(
        `select ${calls.join(', ')}`,
        entries.flatMap(([key, value]) => [key, String(value)]),
      );
    },
  });
}

/** Of int8: Fairlead's whole numbers have at most 53 bits. */
const bigint = 20;

function getTypeParser(
  ...[id, format]: Parameters<typeof types.getTypeParser>
): ReturnType<typeof types.getTypeParser> {
  return id === bigint ? Number : types.getTypeParser(id, format);
}
