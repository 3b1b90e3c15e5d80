import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { root } from '../pnpm.mjs'
import { output } from './run.mjs'

const systems = /-(darwin|linux|win32)-(x64|arm64)/

/**
 * Adds the native code of the keyring library for every platform to a folder. pnpm installs only that of this platform, but the PowerShell
 * module is the same file for all of them.
 */
export function addKeyrings(folder) {
  const manifest = join(root, 'packages/powershell-shim/node_modules/@napi-rs/keyring/package.json')
  const { optionalDependencies } = JSON.parse(readFileSync(manifest, 'utf8'))
  const lock = readFileSync(join(root, 'pnpm-lock.yaml'), 'utf8')
  const work = mkdtempSync(join(tmpdir(), 'keyrings-'))
  try {
    const wanted = Object.entries(optionalDependencies).filter(([name]) => systems.test(name))
    for (const [name, version] of wanted) {
      const [{ filename, integrity }] = JSON.parse(
        output('npm', ['pack', '--json', '--prefer-offline', `${name}@${version}`], { cwd: work }),
      )
      if (!lock.includes(`'${name}@${version}':\n    resolution: {integrity: ${integrity}}`)) {
        throw new Error(`The package ${name} ${version} is not the one in pnpm-lock.yaml.`)
      }
      output('tar', ['-xzf', filename], { cwd: work })
    }
    const files = readdirSync(work, { recursive: true }).filter(file => file.endsWith('.node'))
    for (const file of files) copyFileSync(join(work, file), join(folder, basename(file)))
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}
