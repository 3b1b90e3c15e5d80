import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

// Packs the program that build.mjs has built, and writes the SHA-256 checksum as sha256sum prints it.
const folder = dirname(fileURLToPath(import.meta.url))
const dist = join(folder, 'dist')
const { version } = JSON.parse(readFileSync(join(folder, '../packages/cli/package.json'), 'utf8'))
const isWindows = process.platform === 'win32'
const system = { darwin: 'macos', win32: 'windows' }[process.platform] ?? process.platform
const name = `connect-okta-${version}-${system}-${process.arch}.${isWindows ? 'zip' : 'tar.gz'}`

// The tar of Windows also writes zip files, unlike the one of Git for Windows, which may come first on the PATH.
const tar = isWindows ? join(process.env.SystemRoot ?? 'C:\\Windows', 'System32/tar.exe') : 'tar'
const files = readdirSync(join(dist, 'program'))
execFileSync(tar, ['-a', '-c', '-f', join(dist, name), ...files], { cwd: join(dist, 'program'), stdio: 'inherit' })
const checksum = createHash('sha256')
  .update(readFileSync(join(dist, name)))
  .digest('hex')
writeFileSync(join(dist, `${name}.sha256`), `${checksum}  ${name}\n`)
process.stdout.write(`${checksum}  ${join(dist, name)}\n`)
