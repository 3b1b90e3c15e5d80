import { execFile } from 'node:child_process'
import { chmod, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { bundleProgram } from '../../scripts/bundle-program.mjs'

// Most of what `connect-okta token` takes is Node starting, and loading what is here: each of these saves some of it.

const run = promisify(execFile)

const { version } = JSON.parse(await readFile('package.json', 'utf8'))

// yargs measures its help texts with it, which come out the same. What is CommonJS needs the one that is.
const fastStringWidth = {
  name: 'fast-string-width',
  resolveId: (source, _importer, { kind }) =>
    source === 'string-width' && kind === 'import-statement'
      ? fileURLToPath(import.meta.resolve('fast-string-width'))
      : null,
}

// yargs looks for a package.json to have a version from, in every folder above, before it is told one; and loads a library
// of assertions to compare two values.
const replacements = {
  'escalade/sync': 'export default () => undefined',
  assert: `
    const fail = message => { throw new Error(message ?? 'an assertion of yargs has failed') }
    export const strictEqual = (one, other, message) => Object.is(one, other) || fail(message)
    export const notStrictEqual = (one, other, message) => Object.is(one, other) && fail(message)`,
}
const smallerYargs = {
  name: 'smaller-yargs',
  resolveId: (source, importer) =>
    Object.hasOwn(replacements, source) && /[\\/]yargs[\\/]/.test(importer ?? '') ? `\0smaller:${source}` : null,
  load: id => (id.startsWith('\0smaller:') ? replacements[id.slice('\0smaller:'.length)] : null),
  // Asking how wide the terminal is opens a stream, which takes longer than a token at hand. Help is told how wide it is.
  transform(code, id) {
    if (!/[\\/]yargs[\\/]lib[\\/]platform-shims[\\/]esm\.mjs$/.test(id)) return null
    const asks = 'typeof process.stdout.columns'
    if (!code.includes(asks)) throw new Error(`yargs asks no longer by ${asks}`)
    return code.replace(asks, "'undefined'")
  },
}

const smallDigest = {
  name: 'small-digest',
  resolveId: source => (source === './digest.js' ? fileURLToPath(import.meta.resolve('./src/small-digest.ts')) : null),
}

await rm('dist', { recursive: true, force: true })
await bundleProgram({
  name: 'main',
  input: {
    input: 'src/main.ts',
    // Optional: they are beside the bundle where they could be installed.
    external: ['@connect-okta/server', 'redis'],
    plugins: [fastStringWidth, smallerYargs, smallDigest],
    // yargs would look for what a configuration extends, which none does.
    transform: { define: { VERSION: JSON.stringify(version), 'import.meta.resolve': 'undefined' } },
  },
  output: { dir: 'dist', chunkFileNames: 'chunks/[name]-[hash].cjs' },
  keyring: '@napi-rs/keyring',
  job: /commands\/token\.ts$/,
  commands: (await readdir('src/commands')).map(file => file.replace(/\.ts$/, '')),
})
await chmod('dist/main.cjs', 0o755)

// Rendered now, since it takes longer than Node's start. Each command's help is found by its name, all of it by none.
const say = async (...args) => (await run(process.execPath, ['dist/main.cjs', ...args])).stdout.trimEnd()
const commands = (await say('__complete', '=')).split('\n').map(line => line.split('\t')[0])
const texts = await Promise.all(
  ['', ...commands].map(async name => [name, await say(...(name === '' ? [] : [name]), '--help')]),
)
await writeFile('dist/help.json', JSON.stringify(texts))
