import { BorderError, FairleadError } from '../model/error.ts';
import { apiTokenVariable } from './api-token.ts';

/** The server that was asked. */
export interface Asked {
  readonly url: string;
  /** The data folder that named it; null where it was asked by its address. */
  readonly dataDir: string | null;
}

/** The data folder names no server. */
export function noServer(dataDir: string, cause: unknown): FairleadError {
  return new FairleadError({
    code: 'server-down',
    subject: dataDir,
    message: `no server runs on the data folder ${dataDir}`,
    remedy:
      'Start it with `fairlead serve`, name the folder of the one that runs with --data, or its address with --server.',
    cause,
  });
}

/** The server runs, and was given a token that it keeps to itself. */
export function keepsNoToken(dataDir: string): FairleadError {
  return new FairleadError({
    code: 'usage',
    subject: apiTokenVariable,
    message: `the server of the data folder ${dataDir} takes the token it was given, and ${apiTokenVariable} is not set`,
    remedy: `Set ${apiTokenVariable}, or ${apiTokenVariable}_FILE to a file that holds it, to what the server was given.`,
  });
}

/** No answer came. */
export function answersNothing({ url, dataDir }: Asked, cause: unknown): FairleadError {
  if (dataDir !== null) return noServer(dataDir, cause);
  const code = codeOf(cause);
  const isCertificate = /CERT|SELF_SIGNED|UNABLE_TO|TLS|SSL/.test(code);
  return new FairleadError({
    code: 'server-down',
    subject: url,
    message: isCertificate
      ? `the certificate of the server at ${url} is not trusted (${code})`
      : `no server answers at ${url} (${code})`,
    remedy: isCertificate
      ? 'Name the authority that signed it with --server-ca FILE (FAIRLEAD_SERVER_CA).'
      : 'Check the address (--server, FAIRLEAD_SERVER), the way there, and that `fairlead serve` runs.',
    cause,
  });
}

/** The code of the fault below: its text may hold anything. */
function codeOf(cause: unknown, depth = 0): string {
  if (!(cause instanceof Error) || depth > 4) return 'no answer';
  const code: unknown = 'code' in cause ? cause.code : undefined;
  if (typeof code === 'string') return code;
  if (cause.name === 'TimeoutError') return 'no answer in time';
  return codeOf(cause.cause, depth + 1);
}

/** Something answers, and not as Fairlead does. */
export function stranger({ url, dataDir }: Asked, status: number): FairleadError {
  return new FairleadError({
    code: 'server-elsewhere',
    subject: dataDir ?? url,
    message: `what listens at ${url} is no Fairlead that takes requests (it answers ${status})`,
    remedy:
      dataDir === null
        ? 'Name the address of a server with --server: not of a worker, nor one that sends elsewhere.'
        : 'Name the folder of the server that runs with --data, or start one for this folder.',
  });
}

/** The server answered that it does not do it. */
export function refusal(asked: Asked, status: number, detail: string): FairleadError {
  const { url } = asked;
  if (status === 401) return otherToken(asked);
  if (status === 404 || status === 400)
    return new FairleadError({ code: 'usage', subject: url, message: detail, remedy: 'Correct the command.' });
  if (status === 409 || status === 403)
    return new FairleadError({
      code: 'refused',
      subject: url,
      message: `refused: ${detail}`,
      remedy: 'Change what forbids it (`fairlead config explain` shows the settings), then ask again.',
    });
  return new BorderError({
    ...{ code: 'server-failed', kind: 'unavailable', status, subject: url, message: `the server cannot: ${detail}` },
    remedy: 'Look into its log, then ask again.',
  });
}

/** Which token is wrong is known; which would be right is not. */
function otherToken({ url, dataDir }: Asked): FairleadError {
  if (dataDir !== null)
    return new FairleadError({
      code: 'server-elsewhere',
      subject: dataDir,
      message: `the server at ${url} is not the one of the data folder ${dataDir}`,
      remedy: 'Name the folder of the server that runs with --data, or start one for this folder.',
    });
  return new BorderError({
    ...{ code: 'token-refused', kind: 'unauthorized', status: 401, subject: url },
    message: `the server at ${url} takes another token than the one in ${apiTokenVariable}`,
    remedy: `Set ${apiTokenVariable} to what every replica behind this address was given by the same name, and start those anew that were not.`,
  });
}
