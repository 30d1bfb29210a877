import { stringifyJson } from '../formats/json.ts';
import { visible } from '../formats/markdown.ts';
import { parseServerSettings } from '../world/config/server/parse-server-settings.ts';
import { serverSchema } from '../world/config/server/server-reference.ts';
import type { ConfigFile } from './config-file.ts';
import { type ConfigOutcome, problemsText } from './config-text.ts';

/** The schema of the server's file as it is published. */
export function serverSchemaText(): string {
  return `${stringifyJson(serverSchema(), 2)}\n`;
}

/** Every problem of a server's file with its fix, or that there is none. */
export function checkServerText({ name, bytes }: ConfigFile): ConfigOutcome {
  const { problems } = parseServerSettings(bytes ?? '', name);
  if (problems.length === 0) return { text: `${visible(name)} is valid\n`, isValid: true };
  return { text: problemsText(problems), isValid: false };
}
