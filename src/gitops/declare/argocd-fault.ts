import { incomplete, invalid, type Problem } from '../../formats/argocd/document.ts';

/** Why an ApplicationSet gives no applications. */
export class SetFault extends Error {
  override readonly name = 'SetFault';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.message);
    this.problem = problem;
  }
}

/** Argo CD itself would give none. */
export function refused(pointer: string, message: string): SetFault {
  return new SetFault(invalid(pointer, message));
}

/** Argo CD may give some that are not known here. */
export function unknown(pointer: string, message: string, fix: string | null = null): SetFault {
  return new SetFault(incomplete(pointer, message, fix));
}
