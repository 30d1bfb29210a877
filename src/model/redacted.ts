declare const redacted: unique symbol;

/** Text in which every known secret value was masked. Made only by formats/redaction; demanded by every sink. */
export type Redacted = string & { readonly [redacted]: true };

/**
 * A masked value inside an object is this prefix and a keyed tag (hex HMAC), so that two masked values can be compared
 * within one process. The tag itself is never shown: the diff turns it into `HIDDEN` and `HIDDEN_CHANGED`.
 */
export const HIDDEN_TAG = 'hidden:hmac:';

/** How a masked value is shown. */
export const HIDDEN = '(hidden)';

/** How a masked value that changes is shown. */
export const HIDDEN_CHANGED = '(hidden, changed)';
