import { type Command, Option } from 'commander';
import { isJsonList, isJsonObject, type Json, type JsonObject } from '../model/json.ts';
import { formatPointer } from '../model/path.ts';
import { HIDDEN } from '../model/redacted.ts';
import type { Resource } from '../model/resource.ts';
import { configured } from './configured.ts';
import type { CommandContext } from './context.ts';
import { workingDirectory } from './context.ts';
import { configOption, cwdOption, kubeVersionOption, repeatable } from './options.ts';

interface RenderOptions {
  readonly config?: string;
  readonly cwd?: string;
  readonly app?: string;
  readonly release?: string;
  readonly namespace?: string;
  readonly values: readonly string[];
  readonly set: readonly string[];
  readonly kubeVersion?: string;
  readonly output: 'yaml' | 'json';
}

/** `fairlead render PATH`. Prints secrets as they are: what was asked for is the manifest itself, on the user's own terminal. */
export function addRender(program: Command, context: CommandContext): void {
  program
    .command('render')
    .description('the final manifests of an application, for piping')
    .argument('<path>', 'a kustomization, chart or folder of manifests; with --app, the repository')
    .option('--app <name>', 'the application of this name (or NAME@ENVIRONMENT), as what declares it has it rendered')
    .option('--release <name>', "Helm release name (default: the folder's name)")
    .option('--namespace <namespace>', 'namespace of objects that name none (default: default)')
    .addOption(repeatable('-f, --values <file>', 'Helm values file; repeatable, later ones win'))
    .addOption(repeatable('--set <key=value>', 'Helm value; repeatable, wins over files'))
    .addOption(kubeVersionOption())
    .addOption(new Option('-o, --output <format>', 'how to print it').choices(['yaml', 'json']).default('yaml'))
    .addOption(configOption())
    .addOption(cwdOption())
    .action(async (path: string, options: RenderOptions) => {
      const services = await context.services(await configured(options.config, context));
      const outcome = await services.render({
        cwd: workingDirectory(context.environment, options.cwd),
        path,
        app: options.app ?? null,
        releaseName: options.release ?? null,
        namespace: options.namespace ?? null,
        values: options.values,
        set: options.set,
        kubeVersion: options.kubeVersion ?? null,
        signal: context.signal,
      });
      const [{ toYaml }, { stringifyJson }, { findingText }] = await Promise.all([
        import('../formats/yaml/write.ts'),
        import('../formats/json.ts'),
        import('../gitops/report/terminal.ts'),
      ]);
      const objects = [...outcome.resources, ...outcome.hooks].map(withoutHidden);
      const text =
        options.output === 'json'
          ? `${stringifyJson(objects, 2)}\n`
          : objects.map((object) => `---\n${toYaml(object)}`).join('');
      context.manifest(text);
      for (const finding of outcome.findings) context.terminal.err(findingText(finding, context.terminal.paint));
    });
}

/** A value that came from a Secret of the cluster is not known here: what stands for it says so. */
function withoutHidden({ object, hidden = [] }: Resource): JsonObject {
  const shown = hidden.length === 0 ? object : hide(object, new Set(hidden), []);
  return isJsonObject(shown) ? shown : { hidden: shown };
}

function hide(value: Json, pointers: ReadonlySet<string>, path: readonly (string | number)[]): Json {
  if (pointers.has(formatPointer(path))) return HIDDEN;
  if (isJsonList(value)) return value.map((item, index) => hide(item, pointers, [...path, index]));
  if (!isJsonObject(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, hide(item, pointers, [...path, key])]));
}
