import type { Clock } from '../clock.ts';
import type { Token, TokenSource } from './token-credentials.ts';

/** Keys of AWS, as its libraries hand them out. */
export interface AwsKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string | undefined;
  readonly expiration?: Date | undefined;
}

/** Which cluster of EKS a token is for. */
export interface EksOptions {
  readonly cluster: string;
  readonly region: string;
  readonly clock: Clock;
  /** Left out: the environment, web identity (IRSA), container and instance roles. */
  readonly keys?: () => Promise<AwsKeys>;
}

/** Seconds the signature says; EKS takes a token for 15 minutes from its date whatever this says. */
const signedForSeconds = 60;
const lifeMs = 15 * 60_000;
const marginMs = 60_000;

/**
 * Tokens of Amazon EKS: a presigned `sts:GetCallerIdentity` whose signature covers the header `x-k8s-aws-id`. By "API Authorization
 * from Outside a Cluster" of kubernetes-sigs/aws-iam-authenticator (README) and AWS Signature Version 4.
 */
export function eksToken(options: EksOptions): TokenSource {
  const { clock } = options;
  let provider: Promise<() => Promise<AwsKeys>> | null = null;
  return {
    origin: `AWS for EKS cluster ${options.cluster}`,
    remedy:
      'Give this process AWS credentials: AWS_ROLE_ARN with AWS_WEB_IDENTITY_TOKEN_FILE (IRSA), EKS Pod Identity, an instance role, or AWS_ACCESS_KEY_ID.',
    token: async (): Promise<Token> => {
      provider ??= options.keys === undefined ? defaultKeys(options.region) : Promise.resolve(options.keys);
      const keys = await (await provider)();
      const now = clock.now();
      const value = `k8s-aws-v1.${Buffer.from(await presign(options, keys, new Date(now))).toString('base64url')}`;
      const expiresAt = Math.min(now + lifeMs, keys.expiration?.getTime() ?? Number.POSITIVE_INFINITY);
      return { value, expiresAt, freshUntil: expiresAt - marginMs };
    },
  };
}

/** AWS's own chain, without the profiles of a home folder: those may name programs to run. */
async function defaultKeys(region: string): Promise<() => Promise<AwsKeys>> {
  const { defaultProvider } = await import('@aws-sdk/credential-provider-node');
  const nothing = '/dev/null';
  return defaultProvider({ filepath: nothing, configFilepath: nothing, clientConfig: { region } });
}

async function presign({ cluster, region }: EksOptions, keys: AwsKeys, at: Date): Promise<string> {
  const [{ SignatureV4 }, { Hash }] = await Promise.all([import('@smithy/signature-v4'), import('@smithy/hash-node')]);
  const hostname = `sts.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials: plain(keys),
    sha256: Hash.bind(null, 'sha256'),
  });
  const { query = {} } = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': cluster },
    },
    { expiresIn: signedForSeconds, signingDate: at },
  );
  const parts = Object.entries(query).map(([name, value]) => `${encode(name)}=${encode(String(value))}`);
  return `https://${hostname}/?${parts.join('&')}`;
}

/** The same keys, without fields that hold nothing. */
function plain({ accessKeyId, secretAccessKey, sessionToken }: AwsKeys) {
  return { accessKeyId, secretAccessKey, ...(sessionToken === undefined ? {} : { sessionToken }) };
}

function encode(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`);
}
