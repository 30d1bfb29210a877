import type { Answer } from './answer.ts';
import type { AnswerOthers } from './asked.ts';

/** The same answers, each text in them through the gate: pages, probes, figures and the API show no secret value. */
export function maskAnswers(others: AnswerOthers, redact: (text: string) => string): AnswerOthers {
  return async (asked, isDraining) => {
    const answer = await others(asked, isDraining);
    return answer === null ? null : maskAnswer(answer, redact);
  };
}

function maskAnswer(answer: Answer, redact: (text: string) => string): Answer {
  const { body, plain } = answer;
  // The casts: masking keeps the shape, an object of the same names.
  const masked = maskIn(body, redact) as Answer['body'];
  return plain === undefined
    ? { ...answer, body: masked }
    : { ...answer, body: masked, plain: { ...plain, text: redact(plain.text) } };
}

/** Names of an answer are our own words. */
function maskIn(value: unknown, redact: (text: string) => string): unknown {
  if (typeof value === 'string') return redact(value);
  if (Array.isArray(value)) return value.map((item) => maskIn(item, redact));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, maskIn(item, redact)]));
}
