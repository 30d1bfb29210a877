/** Longest comment that is read for commands, in UTF-16 code units. */
const lengthLimit = 65_536;

/** Whether a text is worth parsing: it is not too long and a line of it starts with `/fairlead`. Linear, safe on hostile text. */
export function mayHoldCommand(body: string): boolean {
  return body.length <= lengthLimit && /^ {0,3}\/fairlead(?:[ \t]|$)/im.test(body.replaceAll('\r', '\n'));
}
