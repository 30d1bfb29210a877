import { shortCommit } from './new-since.ts';

/** The first line of a comment while a newer head is reviewed: what stands below is of the one it shows. Full commit ids. */
export function outdatedLine(shown: string, next: string): string {
  return `### 🕓 Outdated — shows ${shortCommit(shown)}; reviewing ${shortCommit(next)} now`;
}

/** Matches that line. */
export const outdatedPattern = /^### 🕓 Outdated /;
