// The rules for imports between modules. `npm run check` runs dependency-cruiser with them. Imports of types count too: a cycle of
// types makes modules as hard to read as a cycle of code.

/** The layers of the core, from the lowest. A module imports only from its own layer and from the layers before it. */
const coreLayers = [
  ['errors', 'remedy', 'notice', 'safe-text', 'unquoted', 'placeholder', 'environment'],
  ['files/'],
  ['http/'],
  ['keys/'],
  ['stores/'],
  ['config/'],
  ['sign-in/'],
  ['deps'],
  ['oauth/'],
  ['session/'],
  ['api/'],
  ['connect', 'open-session', 'resume', 'web-sign-in'],
  ['diagnose/'],
  ['index', 'exports/'],
]

const core = 'packages/core/src/'
const tests = '[.]test([.]support)?[.]tsx?$'
const pathOf = layer => `^${core}(${layer.map(name => (name.endsWith('/') ? name : `${name}[.]ts$`)).join('|')})`

const layerRules = coreLayers.slice(0, -1).map((layer, index) => ({
  name: `core-layers: ${layer.join(', ')}`,
  severity: 'error',
  from: { path: pathOf(layer), pathNot: tests },
  to: { path: pathOf(coreLayers.slice(index + 1).flat()) },
}))

export default {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: { pathNot: tests }, to: { circular: true } },
    ...layerRules,
    {
      name: 'core-has-no-other-modules',
      comment: 'Add a new folder or module to coreLayers.',
      severity: 'error',
      from: { path: '.' },
      to: { path: `^${core}`, pathNot: [pathOf(coreLayers.flat()), tests] },
    },
    {
      name: 'sources-do-not-import-tests',
      severity: 'error',
      from: { path: '^packages/[^/]+/src/', pathNot: tests },
      to: { path: [tests, '^packages/[^/]+/test/'] },
    },
    {
      name: 'packages-import-each-other-by-name',
      severity: 'error',
      from: { path: '^packages/([^/]+)/(src|test)/' },
      to: { path: '^packages/', pathNot: '^packages/$1/', dependencyTypes: ['local'] },
    },
    {
      name: 'emulator-imports-no-other-package',
      severity: 'error',
      from: { path: '^packages/emulator/src/', pathNot: tests },
      to: { path: '^packages/(core|cli|server|powershell-shim)/' },
    },
    {
      name: 'core-imports-no-interface',
      severity: 'error',
      from: { path: `^${core}`, pathNot: tests },
      to: { path: '^packages/(cli|server|powershell-shim|emulator)/' },
    },
  ],
  options: {
    doNotFollow: { path: ['node_modules', '/dist/'] },
    exclude: { path: '/dist/' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.base.json' },
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['types', 'import', 'default'] },
  },
}
