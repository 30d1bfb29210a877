import { type Command, Option } from 'commander';
import { configured } from './configured.ts';
import type { CommandContext } from './context.ts';
import { workingDirectory } from './context.ts';
import { configOption, cwdOption, kubeVersionOption, repeatable } from './options.ts';

interface RenderOptions {
  readonly config?: string;
  readonly cwd?: string;
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
    .argument('<path>', 'a kustomization, chart or folder of manifests')
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
      const objects = [...outcome.resources, ...outcome.hooks].map((resource) => resource.object);
      const text =
        options.output === 'json'
          ? `${stringifyJson(objects, 2)}\n`
          : objects.map((object) => `---\n${toYaml(object)}`).join('');
      context.terminal.out(text);
      for (const finding of outcome.findings) context.terminal.err(findingText(finding, context.terminal.paint));
    });
}
