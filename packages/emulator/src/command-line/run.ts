import { readFile } from 'node:fs/promises'
import type { EmulatorOptions } from '../config/options.js'
import { startOktaEmulator } from '../start-okta-emulator.js'
import { type Flags, parseFlags, UsageError } from './flags.js'
import { readTextFile } from './read-text-file.js'
import { startupJson, startupText } from './startup-message.js'

const HELP = `Usage: okta-emulator [options]
       okta-emulator import FILE|FOLDER...

Runs an emulated Okta org for tests on this machine. The command import converts
an export of a real org to a configuration file.

Options
  --port N           the port on 127.0.0.1 (default: a free port)
  --config FILE      apps, users and lifetimes, as YAML or JSON; for standard
                     input: -
  --org-url URL      the public origin, when a TLS-terminating proxy forwards to
                     the emulator
  --tls-cert FILE    serve HTTPS with this certificate (PEM); requires --tls-key
  --tls-key FILE     the private key of the certificate (PEM)
  --schema           print the JSON schema of the configuration file and exit
  --json             print the org as one line of JSON: orgUrl, clients with
                     their keys, users
  --until-stdin-closes
                     stop when standard input ends, so that the org ends with
                     the program that started it
  --help             print this help and exit
  --version          print the version and exit

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

const LISTEN_ERRORS: Readonly<Record<string, string>> = {
  EADDRINUSE: 'is in use. Choose another with --port.',
  EACCES:
    process.platform === 'win32'
      ? 'is reserved by Windows. Choose a higher port with --port.'
      : 'is privileged: ports below 1024 require root. Choose a higher port with --port.',
  EADDRNOTAVAIL: 'cannot be used: this machine has no address 127.0.0.1. Turn on its loopback interface.',
}

/** Runs the command `okta-emulator`. Sets the exit code when it fails. */
export async function run(args: readonly string[]): Promise<void> {
  await main(args).catch((error: unknown) => {
    const isUsage = error instanceof UsageError
    process.stderr.write(`okta-emulator: ${error instanceof Error ? error.message : String(error)}\n`)
    if (isUsage) process.stderr.write('Try okta-emulator --help\n')
    process.exitCode = isUsage ? 2 : 1
  })
}

async function main(args: readonly string[]): Promise<void> {
  const [command, ...files] = args
  if (command === 'import') {
    const { importCommand } = await import('./import-command.js')
    process.stdout.write(await importCommand(files, notice))
    return
  }
  const flags = parseFlags(args)
  if (flags.help === true) {
    process.stdout.write(HELP)
    return
  }
  if (flags.version === true) {
    const { version } = JSON.parse(await readFile(new URL('../../package.json', import.meta.url), 'utf8'))
    process.stdout.write(`${version}\n`)
    return
  }
  if (flags.schema === true) {
    const { configJsonSchema } = await import('../config/config-schema.js')
    process.stdout.write(`${JSON.stringify(configJsonSchema(), null, 2)}\n`)
    return
  }
  const emulator = await startOktaEmulator({ ...(await readOptions(flags)), onNotice: notice }).catch(
    (error: unknown) => {
      throw explainStartError(error)
    },
  )
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => void emulator.close())
  if (flags['until-stdin-closes'] === true) {
    const stop = () => void emulator.close()
    process.stdin.once('end', stop).once('error', stop).resume()
  }
  process.stdout.write(flags.json === true ? `${startupJson(emulator)}\n` : startupText(emulator))
}

function notice(text: string): void {
  process.stderr.write(`okta-emulator: ${text}\n`)
}

function explainStartError(error: unknown): unknown {
  if (!(error instanceof Error && 'code' in error)) return error
  const port = 'port' in error ? error.port : ''
  const reason = LISTEN_ERRORS[String(error.code)]
  if (reason !== undefined) return new Error(`Port ${port} ${reason}`, { cause: error })
  if (String(error.code).startsWith('ERR_OSSL')) {
    return new UsageError(`--tls-cert, --tls-key: not a certificate and private key in PEM format (${error.message})`, {
      cause: error,
    })
  }
  return error
}

async function readOptions(flags: Flags): Promise<EmulatorOptions> {
  const { port, config, 'org-url': orgUrl, 'tls-cert': cert, 'tls-key': key } = flags
  if ((cert === undefined) !== (key === undefined)) {
    throw new UsageError('--tls-cert and --tls-key must be used together.')
  }
  if (flags['until-stdin-closes'] === true && config === '-') {
    throw new UsageError(
      '--until-stdin-closes and --config - both read the standard input. Write the configuration to a file.',
    )
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
      key !== undefined && {
        tls: { cert: await readTextFile('--tls-cert', cert), key: await readTextFile('--tls-key', key) },
      }),
  }
}

async function readConfig(file: string): Promise<EmulatorOptions> {
  const text = await readTextFile('--config', file)
  const { ConfigError, parseConfig } = await import('../config/config-file.js')
  try {
    return parseConfig(text)
  } catch (error) {
    throw error instanceof ConfigError ? new UsageError(`--config ${file}: ${error.message}`, { cause: error }) : error
  }
}
