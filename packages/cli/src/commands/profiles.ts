import { OktaConnectError } from '@connect-okta/core'
import { listProfiles, type NamedProfile, removeProfile, setDefaultProfile } from '@connect-okta/core/profiles'
import type { Command, CommonFlags } from '../command.js'
import { flagsOf } from '../connection/profile-flags.js'
import { asWords } from '../output/selection-flags.js'
import type { Terminal } from '../output/terminal.js'

const actions = ['list', 'show', 'use', 'remove'] as const

interface ProfilesFlags extends CommonFlags {
  readonly action: (typeof actions)[number]
  readonly name: string | undefined
}

/** `connect-okta profiles`: manages saved connections. */
export const command: Command<ProfilesFlags> = {
  positionals: {
    action: { choices: actions, default: 'list' as const, describe: 'The action' },
    name: { type: 'string', describe: 'The name of the profile' },
  },
  examples: [
    ['$0 profiles', 'List all profiles; * marks the default'],
    ['$0 profiles show ci', 'Show one profile'],
    ['$0 profiles use ci', 'Set the default profile'],
    ['$0 profiles remove ci', 'Remove a profile, and keep its sign-in'],
    ['$0 login --profile ci --tenant example.okta.com --client-id 0oa1…', 'Create a profile'],
  ],

  async run({ action, name, json }, terminal) {
    const { environment } = terminal.io
    const profiles = await listProfiles(environment)
    if (action === 'list' && name !== undefined) {
      throw invalid('profiles list does not accept a name.', 'Use: connect-okta profiles show NAME')
    }
    if (action === 'list') return printList(profiles, json, terminal)
    if (name === undefined) {
      throw invalid('Missing profile name.', `Use: connect-okta profiles ${action} NAME`)
    }
    switch (action) {
      case 'show':
        return terminal.answer(JSON.stringify(named(name, profiles).profile, undefined, json ? undefined : 2))
      case 'use':
        await setDefaultProfile(name, environment)
        return terminal.info(`${name} is the default profile.`)
      case 'remove': {
        const { profile } = named(name, profiles)
        await removeProfile(name, environment)
        const command = `connect-okta logout${asWords(flagsOf(profile))}`
        return terminal.info(
          profile.apiToken === undefined
            ? `Removed the profile ${name}. Its sign-in still exists. To end it, run:\n  ${command}`
            : `Removed the profile ${name}.`,
        )
      }
    }
  },
}

function printList(profiles: readonly NamedProfile[], json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.answer(JSON.stringify(profiles))
  } else if (profiles.length === 0) {
    terminal.info('There are no profiles. Run connect-okta login --profile NAME to create one.')
  } else {
    const width = Math.max(...profiles.map(({ name }) => name.length))
    terminal.answer(profiles.map(one => renderProfile(one, width)).join('\n'))
  }
}

function renderProfile({ name, isDefault, profile }: NamedProfile, width: number): string {
  const { tenant, broker, connection, clientId, scopes } = profile
  const what = [
    tenant ?? broker ?? '(any org)',
    ...(connection === undefined ? [] : [connection]),
    ...(clientId === undefined ? [] : [clientId]),
    ...(scopes === undefined ? [] : [scopes.join(' ')]),
  ]
  return `${isDefault ? '*' : ' '} ${name.padEnd(width)}  ${what.join('  ')}`
}

function named(name: string, profiles: readonly NamedProfile[]): NamedProfile {
  const found = profiles.find(profile => profile.name === name)
  if (found !== undefined) return found
  const known = profiles.map(profile => profile.name).join(', ')
  // Without the name, because it can be a secret.
  throw invalid(
    'There is no profile with this name.',
    known === '' ? 'There are no profiles.' : `The profiles are: ${known}.`,
  )
}

function invalid(message: string, hint: string): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint })
}
