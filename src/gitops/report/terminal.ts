import { count, visible } from '../../formats/markdown.ts';
import type { Change, Part } from '../../model/change.ts';
import type { Finding } from '../../model/finding.ts';
import { formatPath } from '../../model/path.ts';
import { formatResource } from '../../model/resource.ts';
import type { Review } from '../../model/review.ts';
import type { Target } from '../../model/target.ts';
import { mannerText } from './change-clauses.ts';
import { placeText, sentences, sortFindings } from './finding-text.ts';
import { rankChanges, rankTargets } from './rank.ts';
import { changedLines, inlineValue, isLong } from './values.ts';
import { changesOf, headline, placeOf, renderedText, severityIcons, signOf, verdictTitle } from './words.ts';

/** How the terminal colours text; returns it unchanged where colour is off. */
export type Paint = (colour: 'red' | 'green' | 'yellow' | 'cyan' | 'bold' | 'dim', text: string) => string;

/** A review for people at a terminal: verdict, findings, changes field by field. Foreign control characters are shown, not sent. */
export function reviewText(review: Review, paint: Paint): string {
  const blocks = [
    head(review, paint),
    unknownTargets(review, paint),
    ...sortFindings(review.findings).map((finding) => findingText(finding, paint)),
    ...part(review, 'pull', paint),
    ...part(review, 'already', paint),
    unowned(review),
  ];
  return `${blocks.filter((block) => block !== '').join('\n')}\n`;
}

/** One finding in two lines at most: what and where, then the message and the fix. */
export function findingText(finding: Finding, paint: Paint): string {
  const colour = finding.severity === 'block' ? 'red' : finding.severity === 'caution' ? 'yellow' : 'dim';
  const subject = finding.resource === null ? '' : `  ${oneLine(formatResource(finding.resource))}`;
  const place = placeText(finding) === '' ? '' : `  ${paint('cyan', oneLine(placeText(finding)))}`;
  return `  ${severityIcons[finding.severity]} ${paint(colour, finding.rule)}${subject}${place}\n      ${visible(sentences(finding).replace(/\s*\n\s*/g, ' '))}`;
}

/** Foreign text on one line: a line end in it is shown, so that nothing foreign begins a line that seems to be ours. */
function oneLine(text: string): string {
  return visible(text).replaceAll('\n', '\\u000a');
}

function head(review: Review, paint: Paint): string {
  const lines = [paint('bold', `${verdictTitle(review)} — ${headline(review)}`)];
  if (review.gitOnly !== null)
    lines.push(paint('yellow', `No cluster was read: ${oneLine(review.gitOnly)}. Base is compared with head in Git.`));
  const clusters =
    review.clustersRead.length === 0 ? '' : ` · live state of ${review.clustersRead.map(oneLine).join(', ')}`;
  lines.push(
    paint(
      'dim',
      `base ${review.base.slice(0, 12)} · head ${review.head.slice(0, 12)} · ${oneLine(renderedText(review))}${clusters}`,
    ),
  );
  return `${lines.join('\n')}\n`;
}

function unknownTargets(review: Review, paint: Paint): string {
  return review.targets
    .filter((target) => target.error !== null)
    .map((target) => `  ❔ ${paint('yellow', oneLine(target.id))}  ${oneLine(target.error ?? '')}`)
    .join('\n');
}

function part(review: Review, name: Part, paint: Paint): readonly string[] {
  return rankTargets(review).flatMap((target) => {
    const changes = rankChanges(review, changesOf(review, name, target.id));
    if (changes.length === 0) return [];
    return [
      `\n${paint('bold', targetTitle(review, target, name))}`,
      ...changes.map((change) => changeText(change, paint)),
    ];
  });
}

function targetTitle(review: Review, target: Target, name: Part): string {
  const isRead = target.cluster !== null && review.clustersRead.includes(target.cluster);
  const how = isRead || review.gitOnly !== null ? '' : ' — no cluster read, base compared with head';
  const title = `${oneLine(`${target.application} · ${placeOf(target)}`)}${how}`;
  return name === 'pull' ? title : `${title} — already different in the cluster, not by this pull`;
}

function changeText(change: Change, paint: Paint): string {
  const colour = change.action === 'create' ? 'green' : change.action === 'delete' ? 'red' : 'yellow';
  const manner = mannerText(change);
  const how = manner === '' ? '' : paint('dim', oneLine(` (${manner})`));
  const title = `  ${paint(colour, `${signOf(change)} ${oneLine(formatResource(change.resource))}`)}${how}`;
  const fields = change.paths.map((path) => {
    const name = `      ${visible(formatPath(path.path))}${path.cause === 'admission' ? paint('dim', ' (set by the server)') : ''}`;
    if (!isLong(path.before, path.after))
      return `${name}: ${visible(inlineValue(path.before))} → ${visible(inlineValue(path.after))}`;
    return `${name}:\n${longText(changedLines(path.before, path.after)?.text ?? null, paint)}`;
  });
  return [title, ...fields].join('\n');
}

function longText(changed: string | null, paint: Paint): string {
  if (changed === null) return '        replaced, too large to compare line by line';
  const colour = (line: string): string => {
    if (line.startsWith('+')) return paint('green', line);
    return line.startsWith('-') ? paint('red', line) : line;
  };
  return changed
    .split('\n')
    .map((line) => `        ${colour(visible(line))}`)
    .join('\n');
}

function unowned(review: Review): string {
  const files = review.coverage.unownedFiles;
  return files.length === 0
    ? ''
    : `\n${count(files.length, 'changed file')} no application owns: ${files.slice(0, 20).map(oneLine).join(', ')}${files.length > 20 ? ', …' : ''}`;
}
