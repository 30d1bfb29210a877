import { isJsonList, isJsonObject, type Json, type JsonObject, pick } from '../../../model/json.ts';
import { type Fault, listed, quote } from '../problem.ts';

/** Forges that variables alone may tell of. */
const variableForges = ['github', 'gitlab'];

/** Repositories of forges that nobody knows, and those that are said to use themselves. */
export function usedByFaults(value: Json): readonly Fault[] {
  const usedBy = pick(value, 'usedBy');
  if (!isJsonObject(usedBy)) return [];
  const forges = pick(value, 'forges');
  const known = [...new Set([...(isJsonObject(forges) ? Object.keys(forges) : []), ...variableForges])];
  return [...Object.keys(usedBy).flatMap((name) => unknownForge(name, known)), ...selfUsers(usedBy)];
}

function unknownForge(name: string, known: readonly string[]): readonly Fault[] {
  const [, forge] = /^([^/]*):/.exec(name) ?? [];
  if (forge === undefined || known.includes(forge)) return [];
  const message = `${quote(forge)} is no forge of this file`;
  return [{ at: ['usedBy', name], message, fix: `Name one of ${listed(known)}, or leave it out.` }];
}

function selfUsers(usedBy: JsonObject): readonly Fault[] {
  return Object.entries(usedBy).flatMap(([name, users]) => {
    const own = name.replace(/^.*:/, '').toLowerCase();
    return (isJsonList(users) ? users : []).flatMap((user, index): readonly Fault[] => {
      if (typeof user !== 'string' || user.toLowerCase() !== own) return [];
      return [
        {
          at: ['usedBy', name, index],
          message: 'a repository is no user of itself',
          fix: 'Leave it out: a pull reviews the applications of its own repository anyway.',
        },
      ];
    });
  });
}
