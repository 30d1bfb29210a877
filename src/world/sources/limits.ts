/** Bounds of fetching. Sizes are bytes, times milliseconds. */
export interface SourceLimits {
  /** An archive as it comes. */
  readonly archiveBytes: number;
  /** All files of an archive together, unpacked. */
  readonly unpackedBytes: number;
  /** Files of one archive. */
  readonly files: number;
  /** A single file of manifests. */
  readonly fileBytes: number;
  /** An index.yaml. */
  readonly indexBytes: number;
  /** A manifest, a token or a page of tags. */
  readonly answerBytes: number;
  /** Pages of tags of one artifact. */
  readonly tagPages: number;
  readonly connectMs: number;
  /** Between two pieces of an answer. */
  readonly silenceMs: number;
  /** One request with its redirects, to the last byte. */
  readonly requestMs: number;
  /** A whole fetch over Git. */
  readonly gitMs: number;
  /** How long an answer that may change (an index, where a tag leads) is taken for granted. */
  readonly freshMs: number;
}

/** What a source may cost. Helm itself unpacks at most 100 MiB. */
export const defaultSourceLimits: SourceLimits = {
  archiveBytes: 64 * 1024 * 1024,
  unpackedBytes: 100 * 1024 * 1024,
  files: 20_000,
  fileBytes: 16 * 1024 * 1024,
  indexBytes: 32 * 1024 * 1024,
  answerBytes: 4 * 1024 * 1024,
  tagPages: 50,
  connectMs: 5_000,
  silenceMs: 15_000,
  requestMs: 60_000,
  gitMs: 120_000,
  freshMs: 60_000,
};
