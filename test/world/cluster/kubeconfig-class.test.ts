import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, test } from '@jest/globals';

/** What a process prints that loads the class, fills in a token with it, and then loads the whole library, counting modules. */
const script = `
import { createRequire, registerHooks } from 'node:module';
const [, url] = process.argv;
const loaded = [];
registerHooks({ load: (url, context, next) => { loaded.push(url); return next(url, context); } });
const Class = await (await import(url)).loadKubeConfigClass();
const config = new Class();
config.loadFromOptions({
  clusters: [{ name: 'c', server: 'https://c.example', skipTLSVerify: false }],
  users: [{ name: 'u', token: 'secret' }],
  contexts: [{ name: 'x', cluster: 'c', user: 'u' }],
  currentContext: 'x',
});
const filled = {};
await config.applyToHTTPSOptions(filled);
const generated = loaded.filter((url) => url.includes('/client-node/dist/gen/')).length;
const { CoreV1Api } = await import(createRequire(url).resolve('@kubernetes/client-node'));
process.stdout.write(JSON.stringify({ headers: filled.headers, generated, api: typeof CoreV1Api }));
`;

test('the class of kubeconfigs is loaded without the generated modules, and these can be loaded later', async () => {
  const url = new URL('../../../src/world/cluster/kubernetes/kubeconfig-class.ts', import.meta.url).href;
  const args = ['--disable-warning=ExperimentalWarning', '--input-type=module', '-e', script, url];
  const { stdout } = await promisify(execFile)(process.execPath, args);

  const { generated, ...told } = JSON.parse(stdout) as { readonly generated: number };
  expect(told).toEqual({ headers: { Authorization: 'Bearer secret' }, api: 'function' });
  // A file or two of their helpers, of more than 800.
  expect(generated).toBeLessThan(10);
}, 60_000);
