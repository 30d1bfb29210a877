/** Tests run on the source as it is: types are stripped, nothing is bundled. */
export default {
  testEnvironment: 'node',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': '<rootDir>/test/support/jest-transform.mjs' },
  globalSetup: '<rootDir>/test/support/jest-setup.mjs',
  globalTeardown: '<rootDir>/test/support/jest-teardown.mjs',
  // As `loadKubeConfigClass` has it, which cannot tell jest's own loader.
  moduleNameMapper: { '^\\./gen/index\\.js$': '<rootDir>/src/world/cluster/kubernetes/no-api-clients.ts' },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  reporters: ['default', '<rootDir>/test/support/jest-reporter.mjs'],
  modulePathIgnorePatterns: ['<rootDir>/build/'],
  testSequencer: '<rootDir>/test/support/jest-sequencer.mjs',
  testTimeout: 60_000,
  maxWorkers: 2,
  // A worker grows with every file, and starting a process from a large one is slow.
  workerIdleMemoryLimit: '600MB',
  injectGlobals: false,
  errorOnDeprecated: true,
};
