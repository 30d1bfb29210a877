import { impersonation } from './objects.ts';
import type { Call, Transport } from './transport.ts';

/** A transport whose every request acts as a user. It shares its connections, and leaves closing them to whoever opened them. */
export function actingAs(transport: Transport, user: string): Transport {
  const as = (call: Call): Call => ({ ...call, headers: { ...call.headers, ...impersonation(user) } });
  return {
    server: transport.server,
    send: (call, signal) => transport.send(as(call), signal),
    stream: (call, signal) => transport.stream(as(call), signal),
    close: async () => undefined,
  };
}
