import type { Declaration } from '../../model/declared.ts';
import type { Application } from '../../model/target.ts';

/** What declares an application. Throws `TypeError` for one that nothing declares: another renderer's. */
export function declarationOf({ declared, name }: Application): Declaration {
  if (declared === undefined) throw new TypeError(`${name} is declared by no object`);
  return declared;
}
