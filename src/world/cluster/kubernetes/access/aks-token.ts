import type { TokenCredential } from '@azure/identity';
import { FairleadError } from '../../../../model/error.ts';
import type { Token, TokenSource } from './token-credentials.ts';

/** The Entra ID application of every AKS API server, as kubelogin's documentation and Microsoft's give it. */
export const aksServer = '6dae42f8-4368-4678-94ff-3960e28e3630';

const marginMs = 2 * 60_000;

/** Who asks for a token; what is null is taken from `AZURE_TENANT_ID`, `AZURE_CLIENT_ID`, `AZURE_FEDERATED_TOKEN_FILE`. */
export interface AksOptions {
  readonly tenantId: string | null;
  readonly clientId: string | null;
  readonly tokenFile: string | null;
  /** The library's own way out, for tests. */
  readonly transport?: Readonly<Record<string, unknown>>;
}

/** Tokens of Entra ID for AKS, by workload identity: a federated token of the pod is exchanged for one of the API server. */
export function aksToken(options: AksOptions): TokenSource {
  let credential: Promise<TokenCredential> | null = null;
  return {
    origin: 'Entra ID by workload identity',
    remedy:
      'Label the pod azure.workload.identity/use and bind its service account to an identity, or set tenantId, clientId and tokenFile.',
    token: async (): Promise<Token> => {
      credential ??= openCredential(options);
      const found = await (await credential).getToken(`${aksServer}/.default`);
      if (found === null) throw noToken();
      const expiresAt = found.expiresOnTimestamp;
      return { value: found.token, expiresAt, freshUntil: expiresAt - marginMs };
    },
  };
}

async function openCredential({ tenantId, clientId, tokenFile, transport }: AksOptions): Promise<TokenCredential> {
  const { WorkloadIdentityCredential } = await import('@azure/identity');
  return new WorkloadIdentityCredential({
    ...(tenantId === null ? {} : { tenantId }),
    ...(clientId === null ? {} : { clientId }),
    ...(tokenFile === null ? {} : { tokenFilePath: tokenFile }),
    ...transport,
  });
}

function noToken(): FairleadError {
  return new FairleadError({
    code: 'token-broken',
    subject: 'aks',
    message: 'Entra ID gave no token',
    remedy: 'Check the federated credential of the identity.',
  });
}
