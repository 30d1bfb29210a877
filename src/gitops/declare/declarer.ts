import type { ArgoCdKnowledge } from '../../model/argocd-knowledge.ts';
import { type Declare, unknownOrigin } from '../../model/declare.ts';
import { type Declarations, noDeclarations } from '../../model/declared.ts';
import type { OwnRepository } from '../../model/repo.ts';
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
  const knowledgeFor = rememberKnowledge(parts);
  return async (question, signal) => {
    const likely = await likelyFiles(question.tree, signal);
    const hasArgo = likely.argo.size > 0 || likely.clusters.size > 0;
    const knowledge = hasArgo ? await knowledgeFor(question.own) : null;
    const declaring = { question, parts, likely, closures: createClosures(question), knowledge };
    const found: Declarations[] = [noDeclarations];
    if (hasArgo) found.push(await declareArgoOf(declaring, signal));
    if (likely.flux.size > 0) found.push(await declareFluxOf(declaring, signal));
    return {
      declared: found.flatMap(({ declared }) => declared),
      findings: found.flatMap(({ findings }) => findings),
      unknown: found.flatMap(({ unknown }) => unknown),
      isPassing: found.some(({ isPassing }) => isPassing),
      clusterSecrets: found.flatMap(({ clusterSecrets }) => clusterSecrets),
    };
  };
}

/** The sides of a change have one origin, and are read with the same knowledge: what differs is then of the change. */
function rememberKnowledge({ knowledge }: DeclarerParts): (own: OwnRepository) => Promise<ArgoCdKnowledge | null> {
  const known = new WeakMap<OwnRepository, Promise<ArgoCdKnowledge>>();
  return async (own) => {
    if (knowledge === null) return null;
    const reading = known.get(own) ?? knowledge();
    if (own !== unknownOrigin.own) known.set(own, reading);
    return reading;
  };
}
