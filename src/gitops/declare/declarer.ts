import type { Declare } from '../../model/declare.ts';
import { type Declarations, noDeclarations } from '../../model/declared.ts';
import { declareArgoOf } from './argocd-declarations.ts';
import { createClosures } from './closures.ts';
import type { DeclarerParts } from './declaring.ts';
import { declareFluxOf } from './flux-declarations.ts';
import { createLikelyFiles } from './likely-files.ts';

/**
 * Makes what reads declarations. Only what may hold further objects by the text of its files is rendered on the way, so that a thousand
 * applications are found without rendering them.
 */
export function createDeclarer(parts: DeclarerParts): Declare {
  const likelyFiles = createLikelyFiles();
  return async (question, signal) => {
    const likely = await likelyFiles(question.tree, signal);
    const declaring = { question, parts, likely, closures: createClosures(question) };
    const found: Declarations[] = [noDeclarations];
    if (likely.argo.size > 0) found.push(await declareArgoOf(declaring, signal));
    if (likely.flux.size > 0) found.push(await declareFluxOf(declaring, signal));
    return {
      declared: found.flatMap(({ declared }) => declared),
      findings: found.flatMap(({ findings }) => findings),
      unknown: found.flatMap(({ unknown }) => unknown),
    };
  };
}
