/**
 * Who may import whom. test/main/layering.test.ts plants violations of each rule and sees them caught; a rule
 * without a plant fails there.
 */

// Packages that load Electron as they are imported. Of electron-log only the entry for Node does not.
const electron = '(^|/)(electron|electron-store)(/|$)|(^|/)electron-log(/(?!node|src/node)|$)';

/** @type {import('dependency-cruiser').IConfiguration} */
module.exports = {
  forbidden: [
    {
      name: 'electron-only-in-its-host',
      comment:
        'Everything but the desktop host and the bridge runs in plain Node, where importing Electron fails. Its double in ' +
        'the tests knows its types.',
      severity: 'error',
      from: { pathNot: '^(main/desktop/|preload/index\\.ts$|test/fakes/electron\\.ts$)' },
      to: { path: electron },
    },
    {
      name: 'hosts-plug-in-from-outside',
      comment:
        'main/desktop/ imports the program, never the other way round; so nothing else reaches Electron through it.',
      severity: 'error',
      from: { pathNot: '^(main/desktop|test)/' },
      to: { path: '^main/desktop/' },
    },
    {
      name: 'renderer-knows-the-contract-only',
      comment: 'The window imports preload/contract/ and npm packages: nothing of main/, nothing of Node.',
      severity: 'error',
      from: { path: '^renderer/' },
      to: {
        pathNot: '^(renderer|preload/contract)/|(^|/)node_modules/',
        dependencyTypesNot: ['unknown', 'npm-no-pkg'],
      },
    },
    {
      name: 'main-does-not-import-the-renderer',
      comment: 'They are two bundles for two worlds.',
      severity: 'error',
      from: { path: '^(main|preload)/' },
      to: { path: '^renderer/' },
    },
    {
      name: 'preload-stands-alone',
      comment: 'The contract is the ground that main and renderer stand on, and the bridge has to stay tiny.',
      severity: 'error',
      from: { path: '^preload/' },
      to: { path: '^main/' },
    },
    {
      name: 'main-knows-the-contract-only',
      comment: 'Of preload/, main imports the contract and not the bridge.',
      severity: 'error',
      from: { path: '^main/' },
      to: { path: '^preload/', pathNot: '^preload/contract/' },
    },
    {
      name: 'engine-is-pure',
      comment:
        'The engine decides; it imports the contract, the types of connectors and rich text: no store, no HTTP, no npm, ' +
        'no Node. All else is handed in, so that a simulator can own it.',
      severity: 'error',
      from: { path: '^main/engine/' },
      to: { pathNot: '^(main/engine/|preload/contract/|main/connectors/contract\\.ts$|main/richtext/)' },
    },
    {
      name: 'engine-sees-connectors-as-types',
      comment: 'Of connectors/contract.ts the engine imports types only; a connector itself is handed in.',
      severity: 'error',
      from: { path: '^main/engine/' },
      to: { path: '^main/connectors/contract\\.ts$', dependencyTypesNot: ['type-only'] },
    },
    {
      name: 'trackers-stand-apart',
      comment: "A tracker's folder imports nothing of another tracker's, so that one can be changed or left out alone.",
      severity: 'error',
      from: { path: '^main/(connectors|practice)/([^/]+)/' },
      to: {
        path: '^main/(connectors|practice)/[^/]+/',
        // $2 is the importing folder's own name; http/ is what all connectors share.
        pathNot: '^main/(connectors|practice)/($2|http)/',
      },
    },
    {
      name: 'no-cycles',
      comment: 'A cycle, one of types included, means that neither module can be understood alone.',
      severity: 'error',
      from: {},
      to: { circular: true },
    },
    {
      name: 'nothing-imports-test',
      comment: 'The program must build and run without test/.',
      severity: 'error',
      from: { pathNot: '^test/' },
      to: { path: '^test/' },
    },
    {
      name: 'resolvable',
      comment: 'An import that resolves to nothing would also escape the rules above.',
      severity: 'error',
      from: {},
      to: { couldNotResolve: true },
    },
    {
      name: 'listed-packages-only',
      comment: 'A package that another one brought along may be gone tomorrow: list it in package.json.',
      severity: 'error',
      from: {},
      to: { dependencyTypes: ['npm-no-pkg', 'npm-unknown', 'unknown', 'undetermined'], couldNotResolve: false },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    // Types count: a layer that knows another's types knows that layer.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['import', 'require', 'node', 'default', 'types'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json'],
    },
  },
};
