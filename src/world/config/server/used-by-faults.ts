import { isJsonList, isJsonObject, type Json, pick } from '../../../model/json.ts';
import type { Fault } from '../problem.ts';

/** Repositories that are said to use themselves. */
export function usedByFaults(value: Json): readonly Fault[] {
  const usedBy = pick(value, 'usedBy');
  if (!isJsonObject(usedBy)) return [];
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
