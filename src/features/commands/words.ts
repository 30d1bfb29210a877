import { confirmDeletes } from '../../model/deployment.ts';
import { type CommandArgs, noArgs, type ParsedArgs } from './command.ts';

/** Arguments that were understood. */
export function args(given: Partial<CommandArgs>): ParsedArgs {
  return { ok: true, args: { ...noArgs, ...given } };
}

/** For commands that take nothing. */
export function nothing(words: readonly string[]): ParsedArgs {
  return words.length === 0 ? args({}) : { ok: false, message: 'It takes no words.' };
}

/** For commands that need exactly an environment. */
export function oneEnvironment(words: readonly string[]): ParsedArgs {
  const [environment] = words;
  return environment !== undefined && words.length === 1
    ? args({ environment })
    : { ok: false, message: 'It takes the name of one environment.' };
}

/** For commands that need an environment and may delete what is deleted only on a person's word. */
export function confirmedEnvironment(words: readonly string[]): ParsedArgs {
  const parsed = oneEnvironment(words.filter((word) => word !== confirmDeletes));
  const confirmed = words.includes(confirmDeletes);
  return parsed.ok ? args({ ...parsed.args, confirmed }) : parsed;
}

/** For commands that may be told an environment. */
export function maybeEnvironment(words: readonly string[]): ParsedArgs {
  return words.length <= 1
    ? args({ environment: words[0] ?? null })
    : { ok: false, message: 'It takes at most the name of one environment.' };
}

/** For commands on a row of drift. */
export function oneDrift(words: readonly string[]): ParsedArgs {
  const [drift] = words;
  return drift !== undefined && words.length === 1 && /^d-[0-9a-z]{1,40}$/i.test(drift)
    ? args({ drift: drift.toLowerCase() })
    : { ok: false, message: 'It takes the id of one row of drift, such as d-3f9a12.' };
}
