import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const source = dirname(fileURLToPath(import.meta.url))
const target = join(dirname(source), '.cache', 'engine-host')
const stamp = join(target, 'built-from')
const program = join(target, process.platform === 'win32' ? 'engine-host.exe' : 'engine-host')

/**
 * Builds the host of the PowerShell engine, unless it is built from these sources already.
 *
 * @param dotnet the path of the .NET SDK's command.
 * @returns the path of the program.
 */
export function buildHost(dotnet) {
  const wanted = digest(dotnet)
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return program
  const { status, stdout, error } = spawnSync(
    dotnet,
    ['publish', join(source, 'engine-host.csproj'), '-c', 'Release', '-o', target, '-v', 'quiet', '--nologo'],
    {
      encoding: 'utf8',
      env: {
        ...process.env,
        DOTNET_CLI_TELEMETRY_OPTOUT: '1',
        DOTNET_NOLOGO: '1',
        DOTNET_SKIP_FIRST_TIME_EXPERIENCE: '1',
      },
    },
  )
  if (status !== 0)
    throw new Error(`The host of the PowerShell engine does not build.\n${stdout ?? ''}${error?.message ?? ''}`)
  writeFileSync(stamp, wanted)
  return program
}

function digest(dotnet) {
  const hash = createHash('sha256').update(dotnet)
  for (const entry of readdirSync(source, { recursive: true, withFileTypes: true })) {
    if (entry.isFile()) hash.update(entry.name).update(readFileSync(join(entry.parentPath, entry.name)))
  }
  return hash.digest('hex')
}
