/** What `loadKubeConfigClass` gives the library's class of kubeconfigs in place of its generated modules. */
export function createConfiguration(): never {
  throw new Error('no API client is made by the library here');
}

/** As `createConfiguration`. */
export class ServerConfiguration {
  constructor() {
    createConfiguration();
  }
}
