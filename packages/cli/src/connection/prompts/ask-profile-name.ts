import { listProfiles, parseTenant, profileName, type Settings } from '@connect-okta/core/profiles'
import type { Terminal } from '../../output/terminal.js'
import { prompt } from './prompt.js'

// No name of a profile.
const otherName = ''

/**
 * Asks whether to save a connection as a profile.
 *
 * @returns the name; `undefined` if it is not to be saved.
 * @throws {@link OktaConnectError} `cancelled` at Ctrl+C
 */
export async function askProfileName({ tenant = '' }: Settings, terminal: Terminal): Promise<string | undefined> {
  const names = (await listProfiles(terminal.io.environment)).map(({ name }) => name)
  const [, label = 'local'] = /^([a-z][a-z0-9-]*)\./.exec(parseTenant(tenant).hostname) ?? []
  const [{ default: input }, { default: select }] = await Promise.all([
    import('@inquirer/input'),
    import('@inquirer/select'),
  ])
  const choices = [
    ...(names.includes(label) ? [] : [{ value: label, name: `Yes, as ${label}` }]),
    { value: otherName, name: 'Yes, with a different name' },
    { value: undefined, name: 'No' },
  ]
  const message = 'Save this connection as a profile?'
  const unchanged = 'You are connected. No profile was saved.'
  const choice = await prompt(terminal, context => select({ message, choices }, context), unchanged)
  if (choice !== otherName) return choice
  const validate = (text: string) => {
    if (names.includes(text.trim())) return 'A profile with this name already exists.'
    return profileName.test(text.trim()) || 'Use letters, digits, dots, hyphens and underscores.'
  }
  return (await prompt(terminal, context => input({ message: 'Profile name:', validate }, context), unchanged)).trim()
}
