import { stringifyJson } from '../formats/json.ts';
import { reviewHtml } from '../gitops/report/html/page.ts';
import { reviewJson } from '../gitops/report/json.ts';
import { reviewText } from '../gitops/report/terminal.ts';
import type { Review } from '../model/review.ts';
import type { CommandContext } from './context.ts';
import type { Services } from './services.ts';

/** How a review can be printed. */
export type ReviewFormat = 'pretty' | 'md' | 'json' | 'html';

/** A review in one of the formats, every secret masked. */
export function formatReview(
  review: Review,
  format: ReviewFormat,
  services: Services,
  context: CommandContext,
): string {
  if (format === 'md') return services.comment(review);
  if (format === 'html') return reviewHtml(review, services.redact);
  if (format === 'json') return `${services.redact(stringifyJson(reviewJson(review), 2))}\n`;
  return services.redact(reviewText(review, context.terminal.paint));
}
