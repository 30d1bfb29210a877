import { expect, test } from '@jest/globals';
import { type Followed, follow } from '../../src/cli/follow.ts';
import { BorderError, FairleadError } from '../../src/model/error.ts';

const one = (state: string, reason = ''): Followed => ({ id: 'D-1', target: 'web@prod:eu', state, reason });
const facts = { subject: 'https://fairlead.example', message: 'away', remedy: 'Wait.' };
const down = new FairleadError({ ...facts, code: 'server-down' });
const busy = new BorderError({ ...facts, code: 'server-failed', kind: 'unavailable', status: 503 });
const stranger = new BorderError({ ...facts, code: 'token-refused', kind: 'unauthorized', status: 401 });

/** Follows what each look finds in turn; the last goes on. */
async function followed(looks: readonly (readonly Followed[] | Error)[], timeout = 30_000) {
  const said: string[] = [];
  let count = 0;
  const look = async () => {
    const found = looks[Math.min(count, looks.length - 1)] ?? [];
    count += 1;
    if (found instanceof Error) throw found;
    return found;
  };
  const { signal } = new AbortController();
  const outcome = await follow(look, { timeout, say: (line) => said.push(line), signal, pause: 1 });
  return { outcome, said };
}

test('each change is said once, to the end', async () => {
  const { outcome, said } = await followed([[], [one('applying')], [one('applying')], [one('failed', 'pods crash')]]);

  expect(outcome).toBe('failed');
  expect(said).toEqual(['D-1 web@prod:eu: applying', 'D-1 web@prod:eu: failed, pods crash']);
});

test('one of several that failed is a failure, and one that a newer took the place of is not known', async () => {
  const other = { ...one('healthy'), id: 'D-2' };

  expect((await followed([[one('failed'), other]])).outcome).toBe('failed');
  expect((await followed([[one('superseded'), other]])).outcome).toBe('unknown');
});

test('a server that is away for a while is asked again, and that is said once', async () => {
  const { outcome, said } = await followed([[one('applying')], down, busy, [one('applying')], down, [one('healthy')]]);

  const away = 'the server does not answer: it is asked again';
  expect(outcome).toBe('healthy');
  expect(said).toEqual(['D-1 web@prod:eu: applying', away, away, 'D-1 web@prod:eu: healthy']);
});

test('a server that takes the token no more is no server that is away', async () => {
  await expect(followed([[one('applying')], stranger])).rejects.toBe(stranger);
});

test('what did not end in time is told', async () => {
  expect(await followed([[]], 20)).toEqual({
    outcome: 'unknown',
    said: ['time ran out: the server began nothing yet'],
  });
  expect((await followed([[one('following')]], 20)).said.at(-1)).toBe('time ran out: it is still under way');
});
