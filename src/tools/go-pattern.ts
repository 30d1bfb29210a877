import { RE2JS } from 're2js';

/**
 * A regular expression as Go reads it, and with it the API server, kustomize and Flux. No text makes it slow: the time grows with the
 * length of the text alone (RE2), so that expressions of strangers may be tried anywhere.
 */
export interface GoPattern {
  /** Whether any part of the text matches. */
  test(text: string): boolean;
  /** The expression. */
  toString(): string;
}

/** Compiles an expression of the syntax of Go's package regexp; null where Go would refuse it. */
export function compileGoPattern(source: string): GoPattern | null {
  try {
    const compiled = RE2JS.compile(source);
    return { test: (text) => compiled.test(text), toString: () => source };
  } catch {
    return null; // Its errors all say that the expression is none of Go's.
  }
}
