import type { Logger } from 'pino';
import type { DeployTools } from '../features/deploy/tools.ts';
import { createSettingsReader, type SettingsTools } from '../features/settings/in-force.ts';
import type { Redactor } from '../formats/redaction/redactor.ts';
import { announce, createToken } from './announce.ts';
import { type Api, createApi } from './api.ts';
import { tellProgress } from './progress.ts';
import { askRedeployment } from './redeployments.ts';

/** What the API of a server stands on. */
export interface ApiParts
  extends Pick<DeployTools, 'store' | 'queue' | 'mirror' | 'applications' | 'forge' | 'now'>,
    Pick<SettingsTools, 'clusters'> {
  readonly engineNames: readonly string[];
  readonly logger: Logger;
  /** What callers show; left out or null: a token of this run's own, kept in the data folder. */
  readonly apiToken?: string | null | undefined;
}

/** The API, and how programs on this machine learn where it is and of a token of its own. */
export function openApi(
  parts: ApiParts,
  redactor: Pick<Redactor, 'learn' | 'text'>,
): { readonly api: Api; readonly announce: (dataDir: string, url: string) => Promise<() => Promise<void>> } {
  const given = parts.apiToken ?? null;
  const token = given ?? createToken();
  redactor.learn(token);
  const settings = createSettingsReader({ ...parts, engines: parts.engineNames });
  const tools = { ...parts, settings };
  const api = createApi({
    token,
    routes: {
      '/api/v1/redeployments': (body, signal) => askRedeployment(body, tools, signal),
      '/api/v1/redeployments/progress': (body) => tellProgress(body, tools),
    },
    redact: redactor.text,
    logger: parts.logger,
  });
  return { api, announce: (dataDir, url) => announce(dataDir, { url, token: given === null ? token : null }) };
}
