import { generateKeyPairSync, sign } from 'node:crypto';

/** A certificate for 127.0.0.1 and these host names that signed itself, so that it is its own authority, and its key; both PEM. */
export function selfSigned(hosts: readonly string[] = []): { readonly cert: string; readonly key: string } {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const name = sequence(der(0x31, sequence(commonName, der(0x0c, Buffer.from('fairlead test')))));
  const [from, to] = [-1, 1].map((days) => utcTime(new Date(Date.now() + days * 86_400_000)));
  const authority = sequence(der(0x06, hex('551d13')), yes, der(0x04, sequence(yes)));
  const names = hosts.map((host) => der(0x82, Buffer.from(host)));
  const places = sequence(
    der(0x06, hex('551d11')),
    der(0x04, sequence(der(0x87, Buffer.from([127, 0, 0, 1])), ...names)),
  );
  const told = sequence(
    ...[
      der(0xa0, der(0x02, Buffer.from([2]))),
      der(0x02, Buffer.from([1])),
      signedWith,
      name,
      sequence(from, to),
      name,
    ],
    ...[publicKey.export({ type: 'spki', format: 'der' }), der(0xa3, sequence(authority, places))],
  );
  const signature = der(0x03, Buffer.concat([Buffer.from([0]), sign('sha256', told, privateKey)]));
  return {
    cert: pem('CERTIFICATE', sequence(told, signedWith, signature)),
    key: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  };
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');

/** One value of X.690: its tag, its length, its content. */
function der(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size = length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

function sequence(...parts: readonly (Buffer | undefined)[]): Buffer {
  return der(0x30, Buffer.concat(parts.filter((part) => part !== undefined)));
}

const yes = der(0x01, Buffer.from([0xff]));
const commonName = der(0x06, hex('550403'));
/** ecdsa-with-SHA256 */
const signedWith = sequence(der(0x06, hex('2a8648ce3d040302')));

function utcTime(at: Date): Buffer {
  return der(0x17, Buffer.from(`${at.toISOString().replace(/\D/g, '').slice(2, 14)}Z`));
}

function pem(label: string, content: Buffer): string {
  const lines = content.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join('\n')}\n-----END ${label}-----\n`;
}
