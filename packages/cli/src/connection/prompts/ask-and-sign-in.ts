import { type Deps, isOktaConnectError, type OktaConnectError, type OktaSession } from '@connect-okta/core'
import type { ResolvedSettings, Settings } from '@connect-okta/core/profiles'
import { renderFailure } from '../../output/render-failure.js'
import type { Terminal } from '../../output/terminal.js'
import { askConnection } from './ask-connection.js'
import { prompt } from './prompt.js'

/** A connection that works, and its settings. */
export interface SignedIn {
  readonly settings: ResolvedSettings
  readonly session: OktaSession
}

/**
 * Asks for the missing settings and connects. If that fails, the user can try again, or change the answers.
 *
 * @param connectWith connects, and may ask the user to sign in.
 * @returns `undefined` if the user gives up. The error has been printed then.
 * @throws {@link OktaConnectError} `cancelled` at Ctrl+C
 */
export async function askAndSignIn(
  configured: ResolvedSettings,
  deps: Partial<Deps>,
  terminal: Terminal,
  connectWith: (settings: ResolvedSettings) => Promise<OktaSession>,
): Promise<SignedIn | undefined> {
  terminal.info(
    'You need an app in your Okta org. To create one, see https://connect-okta.github.io/connect-okta/okta-app',
  )
  let values = await askConnection(configured, {}, deps, terminal)
  for (;;) {
    const settings = { ...configured, values }
    try {
      return { settings, session: await connectWith(settings) }
    } catch (error) {
      if (!isOktaConnectError(error)) throw error
      const next = error.code === 'cancelled' ? 'quit' : await askNext(error, terminal)
      if (next === 'change') values = await askConnection(configured, values, deps, terminal)
      if (next !== 'quit') continue
      const commandLine = loginCommand(values)
      if (commandLine !== undefined) {
        terminal.info('To sign in with these values, run:')
        terminal.commandLine(commandLine)
      }
      if (error.code === 'cancelled') throw error
      return undefined
    }
  }
}

async function askNext(problem: OktaConnectError, terminal: Terminal): Promise<'again' | 'change' | 'quit'> {
  terminal.exitCode = renderFailure(problem, terminal)
  const { default: select } = await import('@inquirer/select')
  const choices = [
    { value: 'again', name: 'Try again' },
    { value: 'change', name: 'Change the values' },
    { value: 'quit', name: 'Quit' },
  ] as const
  const next = await prompt(terminal, context =>
    select({ message: 'The sign-in failed. What do you want to do?', choices }, context),
  )
  if (next !== 'quit') terminal.exitCode = 0
  return next
}

/** The command for the answers, in a form that each shell reads; `undefined` if there is none. */
function loginCommand({ tenant, clientId, scopes = [], grant, key }: Settings): string | undefined {
  const flags = [
    ...(tenant === undefined ? [] : ['--tenant', tenant]),
    ...(clientId === undefined ? [] : ['--client-id', clientId]),
    ...(scopes.length === 0 ? [] : ['--scopes', scopes.join(' ')]),
    ...(grant === 'device_code' ? ['--device'] : []),
    ...(key !== undefined && 'file' in key ? ['--jwk-file', key.file] : []),
  ]
  if (flags.some(word => /["'$`!%\r\n]/.test(word))) return undefined
  return ['connect-okta login', ...flags.map(word => (/[^\w./:@=~-]/.test(word) ? `"${word}"` : word))].join(' ')
}
