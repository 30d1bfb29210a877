/** The parts of an image's name, as kustomize takes it apart; '' for what is not there. */
export interface Image {
  readonly name: string;
  readonly tag: string;
  readonly digest: string;
}

/** `ghcr.io/acme/web:1.2@sha256:…` in its parts: a colon before the last slash belongs to a port. */
export function splitImage(text: string): Image {
  const at = text.indexOf('@');
  const [left, digest] = at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
  const colon = left.indexOf(':', left.lastIndexOf('/') + 1);
  return colon < 0
    ? { name: left, tag: '', digest }
    : { name: left.slice(0, colon), tag: left.slice(colon + 1), digest };
}
