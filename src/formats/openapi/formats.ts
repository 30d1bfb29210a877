/**
 * The string and number formats that the API server enforces, as predicates. Its decoder is the judge for built-in types
 * (RFC 3339 times, standard base64, integer ranges, the quantity grammar); for custom resources kube-openapi's strfmt is.
 */
export const stringFormats: Readonly<Record<string, RegExp | ((text: string) => boolean)>> = {
  'date-time': isDateTime,
  // metav1.MicroTime reads exactly six digits.
  'micro-time': (text) => isDateTime(text) && /\.\d{6}[Z+-]/.test(text),
  date: /^\d{4}-\d{2}-\d{2}$/,
  byte: isBase64,
  quantity: isQuantity,
  duration: /^(?:[-+]?(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h|d|w))+$|^0$/,
  ipv4: /^(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)$/,
  uuid: /^[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}$/i,
};

/** As {@link stringFormats}, for numbers. The server takes any whole number for an int64. */
export const numberFormats: Readonly<Record<string, (value: number) => boolean>> = {
  int32: (value) => value >= -(2 ** 31) && value < 2 ** 31,
};

/** `apimachinery/pkg/api/resource/quantity.go`: a signed decimal with a binary, decimal or exponent suffix. */
export function isQuantity(text: string): boolean {
  return /^[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[KMGTPE]i|[numkMGTPE]|[eE][+-]?\d+)?$/.test(text);
}

function isDateTime(text: string): boolean {
  const match = /^(\d{4}-\d{2}-\d{2})[Tt]\d{2}:\d{2}:\d{2}(?:[.,]\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/.exec(text);
  return match !== null && !Number.isNaN(Date.parse(`${match[1]}T00:00:00Z`));
}

/** Go's StdEncoding: padded, line breaks ignored. */
function isBase64(text: string): boolean {
  const plain = text.includes('\n') || text.includes('\r') ? text.replace(/[\r\n]/g, '') : text;
  return plain.length % 4 === 0 && /^[A-Za-z0-9+/]*={0,2}$/.test(plain);
}
