import { Pool } from 'undici';
import type { JsonObject } from '../src/model/json.ts';
import { pickText } from '../src/model/json.ts';
import { mapConcurrently } from '../src/tools/each.ts';
import type { ControlPlane } from '../test/control-plane/control-plane.ts';
import { inFlight, manager } from './cluster-stage.ts';

/** Dry-runs with nothing around them: how fast this server can be asked at all. */
export interface RawClient {
  /** Asks about every object once. Throws unless each answer is 200. */
  dryRunAll(objects: readonly JsonObject[]): Promise<void>;
  close(): Promise<void>;
}

/** Opens as many connections as the product has requests in flight. */
export function openRawClient({ server, certificate, token }: ControlPlane): RawClient {
  const pool = new Pool(server, { connections: inFlight, connect: { ca: certificate } });
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/apply-patch+yaml' };
  const ask = async (object: JsonObject): Promise<void> => {
    const sent = { method: 'PATCH', path: pathOf(object), headers, body: JSON.stringify(object) } as const;
    const { statusCode, body } = await pool.request(sent);
    const text = await body.text();
    if (statusCode !== 200) throw new Error(`the server answered ${statusCode}: ${text.slice(0, 300)}`);
  };
  return {
    dryRunAll: async (objects) => void (await mapConcurrently(objects, inFlight, ask)),
    close: () => pool.close(),
  };
}

function pathOf(object: JsonObject): string {
  const [kind, version] = [pickText(object, 'kind') ?? '', pickText(object, 'apiVersion') ?? ''];
  const [name, namespace] = [pickText(object, 'metadata', 'name'), pickText(object, 'metadata', 'namespace')];
  const root = version.includes('/') ? `/apis/${version}` : `/api/${version}`;
  const query = `dryRun=All&fieldManager=${manager}&force=true&fieldValidation=Strict`;
  return `${root}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}?${query}`;
}
