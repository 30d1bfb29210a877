import { stringifyJson } from '../formats/json.ts';
import { reviewJson } from '../gitops/report/json.ts';
import { reviewText } from '../gitops/report/terminal.ts';
import type { Review } from '../model/review.ts';
import type { CommandContext } from './context.ts';
import type { Services } from './services.ts';

/** A review in one of the formats, every secret masked. */
export function formatReview(
  review: Review,
  format: 'pretty' | 'md' | 'json',
  services: Services,
  context: CommandContext,
): string {
  if (format === 'md') return services.comment(review);
  if (format === 'json') return `${services.redact(stringifyJson(reviewJson(review), 2))}\n`;
  return services.redact(reviewText(review, context.terminal.paint));
}
