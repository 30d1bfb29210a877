import { setsStrictVariables } from '../../formats/flux/feature-gates.ts';
import type { DeclaredApplication } from '../../model/declared.ts';
import type { Declaring } from './declaring.ts';

/** Whether the controller of an application fails over variables without a value. */
export type IsStrict = (application: Pick<DeclaredApplication, 'declaredAt' | 'hints'>) => boolean;

/**
 * Reads which kustomize-controllers of a tree run with StrictPostBuildSubstitutions. A file that says so, such as
 * `clusters/prod/flux-system/kustomization.yaml`, says it of what is declared beside its folder or below, and of what that declares.
 */
export async function strictControllers(
  { question: { tree }, likely }: Pick<Declaring, 'question' | 'likely'>,
  signal: AbortSignal,
): Promise<IsStrict> {
  if (likely.gates.size === 0) return () => false;
  const contents = await tree.read([...likely.gates], signal);
  const strict = [...contents].filter(([, bytes]) => setsStrictVariables(new TextDecoder().decode(bytes)));
  const places = strict.map(([path]) => path.split('/').slice(0, -2).join('/'));
  return ({ declaredAt, hints }) =>
    places.some((place) => place === '' || [declaredAt.file, ...hints].some((path) => path.startsWith(`${place}/`)));
}
