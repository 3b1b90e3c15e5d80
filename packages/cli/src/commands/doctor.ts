import { isOktaConnectError } from '@connect-okta/core'
import { type CheckName, type Finding as CoreFinding, diagnose } from '@connect-okta/core/diagnose'
import { type ResolvedSettings, readSettings } from '@connect-okta/core/profiles'
import { accountName, listLogins } from '@connect-okta/core/stores'
import type { Command } from '../command.js'
import { type ConnectionFlags, readFlags, rejectWithoutBroker } from '../connection/connection-flags.js'
import { connectionOf, type OpenConnection, optionsOf, readUsableSettings } from '../connection/open-connection.js'
import { listFlag } from '../input/list-flag.js'
import { showProgress } from '../output/progress.js'
import { adviceFor, withAdvice } from '../output/render-advice.js'
import { styled, type Terminal, type Text } from '../output/terminal.js'
import { wrapWords } from '../output/text/wrap-words.js'

interface DoctorFlags extends ConnectionFlags {
  readonly redirectUri: readonly string[] | undefined
}

/** A finding of the core, or of a check of its own: whether profiles, `okta.yaml` and variables are valid. */
type Finding = Omit<CoreFinding, 'check'> & { readonly check: CheckName | 'settings' }

/** `connect-okta doctor`: checks everything that a connection needs. */
export const command: Command<DoctorFlags> = {
  hasConnectionFlags: true,
  options: {
    'redirect-uri': {
      ...listFlag,
      valueName: 'URI',
      isAdvanced: true,
      describe: 'A redirect URI that is registered with the app, including the port',
    },
  },
  examples: [
    ['$0 doctor', 'Check the default profile, or the org of your latest sign-in'],
    ['$0 doctor --tenant example.okta.com', 'Check whether an org is reachable'],
    ['$0 doctor --profile ci --json', 'Check a profile, and print the results as JSON'],
    [
      '$0 doctor --broker https://broker.example.com --client deploy',
      'Check a broker, and the identity token of a job',
    ],
  ],

  async run(flags, terminal) {
    const { connection, problems } = await openForChecks(flags, terminal)
    const findings: Finding[] = []
    function report(finding: Finding): void {
      findings.push(finding)
      if (!flags.json) terminal.answer(...render(finding, terminal))
    }
    // A prompt and a spinner cannot share the terminal.
    if (connection.settings.values.key !== undefined && terminal.canPrompt) {
      const { unlockKey } = await import('../connection/prompts/ask-passphrase.js')
      await unlockKey(await optionsOf(connection.settings, terminal).catch(() => ({})))
    }
    {
      using progress = await showProgress('Checking', terminal)
      if (problems.settings !== undefined) report(problems.settings)
      for await (const found of examine(flags, connection, terminal)) {
        report(found.check === 'store' ? (problems.store ?? withAdvice(found)) : withAdvice(found))
        progress.update(`Checking, after ${named(found.check)}`)
      }
    }
    if (flags.json) terminal.answer(JSON.stringify(findings))
    const [failed] = findings.filter(({ outcome }) => outcome === 'failure')
    if (failed === undefined) return terminal.info(isAboutOrg(findings) ? passed(findings) : onlyMachineChecked)
    terminal.exitCode = exitCodeOf(failed.check)
  },
}

function passed(findings: readonly Finding[]): string {
  const { length } = findings.filter(({ outcome }) => outcome === 'warning')
  return length === 0 ? 'All checks passed.' : `No failures, ${length} ${length === 1 ? 'warning' : 'warnings'}.`
}

interface Problems {
  readonly settings?: Finding
  readonly store?: Finding
}

// Without files of settings and without a store, everything else can be checked.
async function openForChecks(
  flags: DoctorFlags,
  terminal: Terminal,
): Promise<{ readonly connection: OpenConnection; readonly problems: Problems }> {
  const { settings, problem } = await settingsForChecks(flags, terminal)
  const problems = problem === undefined ? {} : { settings: problem }
  try {
    return { connection: await connectionOf(settings, terminal), problems }
  } catch (error) {
    const store = findingOf('store', 'failure', error)
    const inMemory = { ...settings, values: { ...settings.values, store: 'memory' } }
    return { connection: await connectionOf(inMemory, terminal), problems: { ...problems, store } }
  }
}

async function settingsForChecks(
  flags: DoctorFlags,
  { io: { environment }, io }: Terminal,
): Promise<{ readonly settings: ResolvedSettings; readonly problem: Finding | undefined }> {
  const given = await readFlags(flags, io)
  const profile = flags.profile === undefined ? {} : { profile: flags.profile }
  let problem: Finding | undefined
  const report = (outcome: Finding['outcome']) => (error: unknown) => {
    problem ??= findingOf('settings', outcome, error)
  }
  const nothing = { values: given, origins: {}, profile: undefined }
  const settings = await readUsableSettings(given, profile, environment, report('failure')).catch(error => {
    report('failure')(error)
    return nothing
  })
  rejectWithoutBroker(flags, settings.values)
  // A file or variable that is not needed with these flags.
  await readSettings({}, profile, environment).catch(report('warning'))
  return { settings, problem }
}

function findingOf(check: Finding['check'], outcome: Finding['outcome'], error: unknown): Finding {
  if (!isOktaConnectError(error)) throw error
  return { check, outcome, message: error.message, fix: adviceFor(error) }
}

async function* examine(
  { redirectUri }: DoctorFlags,
  { settings, deps }: OpenConnection,
  terminal: Terminal,
): AsyncIterable<CoreFinding> {
  const {
    key,
    keyPassphrase: _passphrase,
    clientSecret,
    apiToken,
    clientId: _app,
    store: _store,
    ...orgSettings
  } = settings.values
  const { signal, io } = terminal
  const flags = { ...(redirectUri !== undefined && { redirectUri }), signal }
  const { broker } = settings.values
  const server = settings.values.tenant ?? broker
  const tenant = broker === undefined ? (server ?? (await tenantOfLatestLogin(deps, terminal))) : undefined
  // A credential is only sent to the server that it is configured for.
  const isForOtherOrg = server === undefined && (key ?? clientSecret ?? apiToken) !== undefined
  try {
    const options = isForOtherOrg ? orgSettings : await optionsOf(settings, terminal)
    yield* diagnose({ ...options, ...(tenant !== undefined && { tenant }), ...flags }, deps, io.environment)
  } catch (error) {
    if (!isOktaConnectError(error) || error.code === 'cancelled') throw error
    // Without its key or secret, only the app, or the client of the broker, cannot be checked.
    const check = broker === undefined ? 'app' : 'client'
    yield { check, outcome: 'failure', message: error.message, fix: error.hint }
    for await (const finding of diagnose({ ...orgSettings, ...flags }, deps, io.environment)) {
      if (finding.check !== check) yield finding
    }
  }
}

async function tenantOfLatestLogin(deps: OpenConnection['deps'], terminal: Terminal): Promise<string | undefined> {
  // A check of its own reports a store that cannot be read.
  const [login] = await listLogins(deps).catch(() => [])
  if (login !== undefined) {
    const who = login.account === undefined ? login.clientId : accountName(login.account)
    terminal.info(`note: No tenant specified. Checking the org of your latest sign-in (${who}).`)
  }
  return login?.orgUrl
}

const onlyMachineChecked =
  'All checks on this machine passed. To also check an org and an app, add --tenant and --client-id, or --profile.'

function isAboutOrg(findings: readonly Finding[]): boolean {
  return !findings.some(({ check, outcome }) => check === 'tenant' && outcome === 'skipped')
}

const colors = { ok: 'green', warning: 'yellow', failure: 'red', skipped: 'dim' } as const

function render({ check, outcome, message, fix }: Finding, terminal: Terminal): readonly Text[] {
  const line = `${outcome.padEnd(7)}  ${named(check).padEnd(20)}  ${message}`
  const wrap = (text: string, indent: number) =>
    terminal.isStdoutTerminal ? wrapWords(text, terminal.columns, indent) : text
  const text = `${wrap(line, 31)}${fix === undefined ? '' : `\n${wrap(`${' '.repeat(9)}fix: ${fix}`, 14)}`}`
  return [styled(colors[outcome], text.slice(0, 7)), text.slice(7)]
}

function named(check: Finding['check']): string {
  return check.replaceAll('_', ' ')
}

// As for an error: the input, a rejection by Okta, the network, this machine.
function exitCodeOf(check: Finding['check']): number {
  switch (check) {
    case 'settings':
    case 'tenant':
    case 'broker':
    case 'proxy':
    case 'identity_token':
      return 2
    case 'authorization_server':
    case 'app':
    case 'client':
    case 'keys':
      return 4
    case 'dns':
    case 'tls':
    case 'clock':
    case 'org':
    case 'metadata':
    case 'readiness':
      return 5
    case 'callback_port':
    case 'browser':
    case 'keyring':
    case 'store':
      return 6
  }
}
