#!/usr/bin/env node
import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { EmulatorOptions } from './config/options.js'
import { startOktaEmulator } from './start-okta-emulator.js'
import { startupJson, startupText } from './startup-message.js'

const HELP = `Usage: okta-emulator [options]

Runs an emulated Okta org on this machine for tests. It rejects the requests that Okta rejects, with the same errors.

Options
  --port N           the port on 127.0.0.1 (default: a free port)
  --config FILE      apps, users and lifetimes, as YAML or JSON
  --org-url URL      the public origin, when a TLS-terminating proxy forwards to the emulator
  --tls-cert FILE    serve HTTPS with this certificate (PEM); requires --tls-key
  --tls-key FILE     the private key of the certificate (PEM)
  --schema           print the JSON schema of the configuration file and exit
  --json             print the org as one line of JSON: orgUrl, clients with their keys, users
  --help             print this help and exit

Examples
  okta-emulator
  okta-emulator --port 8090 --config org.yaml
  okta-emulator --json > org.json &

Example configuration file
  clients:
    - kind: service
      scopes: [okta.users.read]
    - kind: spa
      redirectUris: ['http://localhost:8080/login/callback']
  users:
    - login: ada@example.com
      password: a password
`

class UsageError extends Error {}

await main().catch((error: unknown) => {
  const isUsage = error instanceof UsageError
  process.stderr.write(`okta-emulator: ${error instanceof Error ? error.message : String(error)}\n`)
  if (isUsage) process.stderr.write('Try okta-emulator --help\n')
  process.exitCode = isUsage ? 2 : 1
})

async function main(): Promise<void> {
  const flags = parseFlags(process.argv.slice(2))
  if (flags.help === true) {
    process.stdout.write(HELP)
    return
  }
  if (flags.schema === true) {
    const { configJsonSchema } = await import('./config/config-schema.js')
    process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
    return
  }
  const emulator = await startOktaEmulator(await readOptions(flags)).catch((error: unknown) => {
    throw explainStartError(error)
  })
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close())
  process.stdout.write(flags.json === true ? `${startupJson(emulator)}\n` : startupText(emulator))
}

function explainStartError(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error
  if (error.code === 'EADDRINUSE') {
    const port = 'port' in error ? error.port : ''
    return new Error(`Port ${port} is in use. Choose another with --port.`, { cause: error })
  }
  if (String(error.code).startsWith('ERR_OSSL')) {
    return new UsageError(`--tls-cert, --tls-key: not a certificate and private key in PEM format (${error.message})`, {
      cause: error,
    })
  }
  return error
}

function parseFlags(args: string[]) {
  try {
    const { values } = parseArgs({
      args,
      options: {
        port: { type: 'string' },
        config: { type: 'string' },
        'org-url': { type: 'string' },
        'tls-cert': { type: 'string' },
        'tls-key': { type: 'string' },
        json: { type: 'boolean' },
        schema: { type: 'boolean' },
        help: { type: 'boolean', short: 'h' },
      },
    })
    return values
  } catch (cause) {
    throw new UsageError(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

async function readOptions(flags: ReturnType<typeof parseFlags>): Promise<EmulatorOptions> {
  const { port, config, 'org-url': orgUrl, 'tls-cert': cert, 'tls-key': key } = flags
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError('--tls-cert and --tls-key must be given together.')
  }
  if (port !== undefined && !(/^\d+$/.test(port) && Number(port) <= 65535)) {
    throw new UsageError(`--port: ${port} is not a port number from 0 to 65535.`)
  }
  if (orgUrl !== undefined && !/^https?:$/.test(URL.canParse(orgUrl) ? new URL(orgUrl).protocol : '')) {
    throw new UsageError(`--org-url: ${orgUrl} is not an http or https URL.`)
  }
  return {
    ...(config !== undefined && (await readConfig(config))),
    ...(port !== undefined && { port: Number(port) }),
    ...(orgUrl !== undefined && { orgUrl }),
    ...(cert !== undefined &&
      key !== undefined && { tls: { cert: readTextFile('--tls-cert', cert), key: readTextFile('--tls-key', key) } }),
  }
}

async function readConfig(file: string): Promise<EmulatorOptions> {
  const text = readTextFile('--config', file)
  const { ConfigError, parseConfig } = await import('./config/config-file.js')
  try {
    return parseConfig(text)
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(`--config ${file}: ${error.message}`, { cause: error }) : error
  }
}

function readTextFile(flag: string, file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch (cause) {
    throw new UsageError(`${flag}: ${cause instanceof Error ? cause.message : String(cause)}`, { cause })
  }
}
