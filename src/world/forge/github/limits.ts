import type { ForgeCapabilities, ForgeLimits } from '../forge.ts';

/** Annotations GitHub takes in one call; more are appended by further calls. */
export const ANNOTATIONS_PER_CALL = 50;

/**
 * Limits of GitHub. A comment may hold 65,536 characters and a summary 65,535; we stay below, as our marker and whatever
 * GitHub adds come on top.
 */
export const gitHubLimits: ForgeLimits = {
  comment: 60_000,
  checkSummary: 60_000,
  checkText: 60_000,
  annotationsPerCall: ANNOTATIONS_PER_CALL,
};

/** What GitHub can do. */
export const gitHubCapabilities: ForgeCapabilities = { annotations: true, approvalHeads: true };
