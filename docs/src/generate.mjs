import { existsSync } from 'node:fs'
import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { apiReference } from './api-reference.mjs'
import { cliReference } from './cli-reference.mjs'
import { configReference } from './config-reference.mjs'
import { emulatorReference } from './emulator-reference.mjs'
import { httpReference } from './http-reference.mjs'
import { powershellReference } from './powershell-reference.mjs'
import { troubleshooting } from './troubleshooting.mjs'

const root = fileURLToPath(new URL('../..', import.meta.url))
const docs = join(root, 'docs')
const broker = join(root, 'packages/server/dist/main.js')
const emulator = join(root, 'packages/emulator')
const cmdlets = join(root, 'packages/powershell-shim/help')
const note = '<!-- Generated. To update: npm run docs -- --generate -->\n\n'

/** The functions that generate pages from the code, by path in `docs/`: the reference, and parts of the troubleshooting guide. */
export const generated = {
  'reference/cli.md': async () => note + (await cliReference()),
  'reference/config.md': async () => note + (await configReference(root)),
  'reference/api.md': async () => note + (await apiReference(join(root, 'packages/core'))),
  'reference/emulator.md': async () => note + (await emulatorReference(emulator)),
  ...(existsSync(broker) && { 'reference/http.md': async () => note + (await httpReference(broker)) }),
  ...(existsSync(cmdlets) && { 'reference/powershell.md': async () => note + (await powershellReference(cmdlets)) }),
  'troubleshooting.md': async () =>
    await troubleshooting(await readFile(join(docs, 'troubleshooting.md'), 'utf8'), join(docs, 'errors.md')),
}

/** Generates and writes all pages. */
export async function generate() {
  for (const [path, make] of Object.entries(generated)) {
    const text = await make()
    await mkdir(dirname(join(docs, path)), { recursive: true })
    await writeFile(join(docs, path), text)
  }
}
