import { engines } from '../../../src/engines/index.ts';
import { stringifyJson } from '../../../src/formats/json.ts';
import { configReference } from '../../../src/world/config/config-reference.ts';
import { configSchema } from '../../../src/world/config/config-schema.ts';
import { serverReference, serverSchema } from '../../../src/world/config/server/server-reference.ts';

/** The pages of docs/ that are made of the options, by their path in the repository. */
export function generatedPages(): ReadonlyMap<string, string> {
  const names = engines.map(({ name }) => name);
  return new Map([
    ['docs/config.md', configReference({ engines: names })],
    ['docs/fairlead.schema.json', `${stringifyJson(configSchema({ engines: names }), 2)}\n`],
    ['docs/server-config.md', serverReference()],
    ['docs/fairlead-server.schema.json', `${stringifyJson(serverSchema(), 2)}\n`],
  ]);
}
