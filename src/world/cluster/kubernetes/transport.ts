import type { Dispatcher } from 'undici';
import type { Redactor } from '../../../formats/redaction/redactor.ts';
import { BorderError } from '../../../model/error.ts';
import type { JsonObject } from '../../../model/json.ts';
import { watchDeadline } from '../../../tools/deadline.ts';
import { takeTurn } from '../../../tools/each.ts';
import { readJson, readText, warningsOf } from './answer.ts';
import type { Clock } from './clock.ts';
import type { Connection, Credentials } from './credentials.ts';
import { type Attempt, closedError, overdueError, refusalError, silenceError, statusMessage } from './errors.ts';
import { createGate } from './gate.ts';
import type { ClusterLimits } from './limits.ts';
import { backoffMs, isTransient, retryTime } from './retry.ts';
import { untilAborted } from './until-aborted.ts';

/** One request to the API server. */
export interface Call {
  readonly method: 'GET' | 'PATCH' | 'PUT' | 'DELETE' | 'POST';
  /** Path and query, from urls.ts. */
  readonly path: string;
  /** For errors: `get deployments.apps shop/web`. */
  readonly action: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** For one try; from the limits. */
  readonly deadlineMs: number;
  readonly isIdempotent: boolean;
  /** The object that is sent: what the server quotes of it in errors and warnings is hidden when it is a Secret. */
  readonly about?: JsonObject;
}

/** A good answer (status below 400). */
export interface Answer {
  readonly status: number;
  readonly text: string;
  readonly warnings: readonly string[];
  readonly etag: string | null;
  /** Where a redirect (301) points; null for every other answer. None is followed here. */
  readonly location: string | null;
  /** The server's own time, as it says; null where it says none. */
  readonly date: string | null;
}

/** Sends requests, with the limits, retries and error mapping of this room. */
export interface Transport {
  /** `HOST:PORT (context NAME)`, for errors. */
  readonly server: string;
  /** Throws `BorderError`, or the signal's reason. Status 304 is a good answer. */
  send(call: Call, signal: AbortSignal): Promise<Answer>;
  /** Opens an endless answer; `call.deadlineMs` is for its beginning. Not retried and not counted as in flight. */
  stream(call: Call, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>>;
  close(): Promise<void>;
}

export interface TransportOptions {
  readonly url: URL;
  readonly server: string;
  readonly credentials: Credentials;
  readonly limits: ClusterLimits;
  readonly redactor: Redactor;
  readonly clock: Clock;
  readonly random: () => number;
}

/** How far the tries of one call have come. */
interface Progress {
  readonly attempt: number;
  /** Milliseconds. */
  readonly waited: number;
  readonly isFirstContact: boolean;
}

/** Makes the transport of one API server. */
export function createTransport(options: TransportOptions): Transport {
  return new HttpTransport(options);
}

class HttpTransport implements Transport {
  readonly server: string;
  readonly #options: TransportOptions;
  readonly #gate: ReturnType<typeof createGate>;
  /** Ends waiting tries: a closed cluster keeps no process alive. */
  readonly #closing = new AbortController();
  #wasReached = false;

  constructor(options: TransportOptions) {
    this.server = options.server;
    this.#options = options;
    this.#gate = createGate(options.limits, options.clock);
  }

  async send(call: Call, signal: AbortSignal): Promise<Answer> {
    let waited = 0;
    for (let attempt = 1; ; attempt += 1) {
      const isFirstContact = !this.#wasReached;
      const outcome = await this.#gate.pass(() => this.#try(call, signal), signal);
      // What is made of an answer takes longer than its arrival.
      await takeTurn();
      if (!(outcome instanceof BorderError)) return outcome;
      const pause = this.#pauseAfter(outcome, call, { attempt, waited, isFirstContact });
      if (pause === null) throw outcome;
      waited += pause;
      await this.#options.clock.wait(pause, AbortSignal.any([signal, this.#closing.signal]));
    }
  }

  async stream(call: Call, signal: AbortSignal): Promise<AsyncIterable<Uint8Array>> {
    const response = await this.#exchange(call, signal, async (opened) => {
      if (opened.statusCode >= 400) throw await this.#refusal(call, opened);
      return opened;
    });
    return this.#guard(response.body, call, signal);
  }

  async close(): Promise<void> {
    this.#closing.abort(closedError(this.server));
    await this.#options.credentials.close();
  }

  /** One try. Border errors come back as values, so that only the caller's abort and our own bugs are thrown. */
  async #try(call: Call, signal: AbortSignal): Promise<Answer | BorderError> {
    try {
      return await this.#exchange(call, signal, (response) => this.#answer(call, response));
    } catch (fault) {
      if (fault instanceof BorderError) return fault;
      throw fault;
    }
  }

  /** Sends and hands the response to `use`; both are under the deadline, the wait for the first answer ever under a shorter one. */
  async #exchange<T>(
    call: Call,
    signal: AbortSignal,
    use: (response: Dispatcher.ResponseData) => Promise<T>,
  ): Promise<T> {
    const control = new AbortController();
    const arm = (deadlineMs: number): (() => void) =>
      watchDeadline({ signal, deadlineMs }, (reason) =>
        control.abort(reason === 'aborted' ? signal.reason : overdueError(this.#attempt(call), deadlineMs)),
      );
    const firstMs = this.#wasReached ? call.deadlineMs : Math.min(call.deadlineMs, this.#options.limits.firstContactMs);
    let disarm = arm(firstMs);
    try {
      const connection = await this.#options.credentials.connection(control.signal);
      // undici heeds the signal only once it is connected; a server that never finishes the handshake must not hold us.
      const response = await untilAborted(this.#request(connection, call, control.signal), control.signal);
      this.#wasReached = true;
      disarm();
      disarm = arm(call.deadlineMs);
      return await use(response);
    } catch (cause) {
      // whatever an aborted exchange throws, the reason of the abort is the truth
      control.signal.throwIfAborted();
      throw cause instanceof BorderError ? cause : silenceError(this.#attempt(call), cause);
    } finally {
      disarm();
    }
  }

  #request(connection: Connection, call: Call, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { url, limits } = this.#options;
    return connection.dispatcher.request({
      origin: url.origin,
      path: url.pathname.replace(/\/$/, '') + call.path,
      method: call.method,
      headers: { accept: 'application/json', 'user-agent': 'fairlead', ...connection.headers, ...call.headers },
      body: call.body ?? null,
      // A watch that falls silent for longer than the server would keep it open is dead.
      bodyTimeout: limits.watchMs + 30_000,
      signal,
    });
  }

  async #answer(call: Call, response: Dispatcher.ResponseData): Promise<Answer> {
    if (response.statusCode >= 400) throw await this.#refusal(call, response);
    const text = await readText(response.body, this.#options.limits.answerBytes, this.#attempt(call));
    const { etag, location, date } = response.headers;
    return {
      status: response.statusCode,
      text,
      warnings: warningsOf(response.headers['warning']).map((warning) => this.#mask(call, warning)),
      etag: typeof etag === 'string' ? etag : null,
      location: typeof location === 'string' ? location : null,
      date: typeof date === 'string' ? date : null,
    };
  }

  async #refusal(call: Call, response: Dispatcher.ResponseData): Promise<BorderError> {
    const { clock, limits } = this.#options;
    const text = await readText(response.body, limits.answerBytes, this.#attempt(call));
    const body = readJson(text);
    const retryAfter = response.headers['retry-after'];
    return refusalError(this.#attempt(call), {
      status: response.statusCode,
      body: body ?? null,
      message: this.#mask(call, body === undefined ? text.slice(0, 500) : statusMessage(body)),
      retryAt: retryTime(typeof retryAfter === 'string' ? retryAfter : null, clock.now()),
    });
  }

  /** How long to wait before the next try, or null when there shall be none. */
  #pauseAfter(error: BorderError, call: Call, sofar: Progress): number | null {
    const { limits, clock, random, credentials } = this.#options;
    if (error.status === 401 && sofar.attempt === 1) {
      // An expired token looks like a wrong one: tried once more, with credentials asked for anew.
      credentials.renew();
      return 0;
    }
    const isHopeless = sofar.isFirstContact && error.status === 0;
    if (isHopeless || sofar.attempt >= limits.tries || !isTransient(error, call)) return null;
    const pause = backoffMs(sofar.attempt, error.retryAt, clock.now(), random);
    return sofar.waited + pause > limits.retryWaitMs ? null : pause;
  }

  async *#guard(body: Dispatcher.ResponseData['body'], call: Call, signal: AbortSignal): AsyncIterable<Uint8Array> {
    const stop = (): unknown => body.destroy();
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      for await (const chunk of body) yield chunk;
    } catch (cause) {
      if (!signal.aborted) throw silenceError(this.#attempt(call), cause);
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
    }
  }

  #mask(call: Call, text: string): ReturnType<Redactor['text']> {
    const { redactor } = this.#options;
    return call.about === undefined ? redactor.text(text) : redactor.textAbout(call.about, text);
  }

  #attempt(call: Call): Attempt {
    return { server: this.server, action: call.action };
  }
}
