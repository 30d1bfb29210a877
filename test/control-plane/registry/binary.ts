import { buildGoProgram } from '../go-program.ts';

/**
 * The path of the CNCF Distribution registry in the version go.mod pins: built by Go into the user's cache. Throws with what to install
 * when it cannot be.
 */
export function registryBinary(): Promise<string> {
  return buildGoProgram({
    name: 'registry',
    moduleDir: import.meta.dirname,
    mainPackage: 'github.com/distribution/distribution/v3/cmd/registry',
    stamps: [],
    firstBuild: 'about four minutes',
  });
}
