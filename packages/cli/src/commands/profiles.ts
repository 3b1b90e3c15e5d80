import { OktaConnectError } from '@connect-okta/core'
import { described } from '@connect-okta/core/keys'
import { listProfiles, type NamedProfile, removeProfile, setDefaultProfile } from '@connect-okta/core/profiles'
import type { Command, CommonFlags } from '../command.js'
import type { Terminal } from '../output/terminal.js'

const actions = ['list', 'show', 'use', 'remove'] as const

interface ProfilesFlags extends CommonFlags {
  readonly action: (typeof actions)[number]
  readonly name: string | undefined
}

/** `connect-okta profiles`: the saved connections. */
export const command: Command<ProfilesFlags> = {
  positionals: {
    action: { choices: actions, default: 'list' as const, describe: 'What to do' },
    name: { type: 'string', describe: 'Of the profile' },
  },
  examples: [
    ['$0 profiles', 'All of them; the default one has a star'],
    ['$0 profiles show ci', 'One, as it is in the file'],
    ['$0 profiles use ci', 'Makes it the default profile'],
    ['$0 profiles remove ci', 'Forgets it; what it connected to stays connected'],
    ['$0 login --profile ci --tenant example.okta.com --client-id 0oa1…', 'Makes one'],
  ],

  async run({ action, name, json }, terminal) {
    const profiles = await listProfiles()
    if (action === 'list') return printList(profiles, json, terminal)
    if (name === undefined) {
      throw invalid('The name of the profile is missing.', `Write: connect-okta profiles ${action} NAME`)
    }
    switch (action) {
      case 'show':
        return terminal.answer(JSON.stringify(named(name, profiles).profile, undefined, json ? undefined : 2))
      case 'use':
        await setDefaultProfile(name)
        return terminal.info(`${name} is the default profile.`)
      case 'remove':
        named(name, profiles)
        await removeProfile(name)
        return terminal.info(`Removed ${name}. What it connected to stays connected until: connect-okta logout.`)
    }
  },
}

function printList(profiles: readonly NamedProfile[], json: boolean, terminal: Terminal): void {
  if (json) {
    terminal.answer(JSON.stringify(profiles))
  } else if (profiles.length === 0) {
    terminal.info('There is no profile yet. connect-okta login --profile NAME makes one.')
  } else {
    const width = Math.max(...profiles.map(({ name }) => name.length))
    terminal.answer(profiles.map(one => renderProfile(one, width)).join('\n'))
  }
}

function renderProfile({ name, isDefault, profile }: NamedProfile, width: number): string {
  const { tenant = '(any org)', clientId, scopes } = profile
  const what = [
    tenant,
    ...(clientId === undefined ? [] : [clientId]),
    ...(scopes === undefined ? [] : [scopes.join(' ')]),
  ]
  return `${isDefault ? '*' : ' '} ${name.padEnd(width)}  ${what.join('  ')}`
}

function named(name: string, profiles: readonly NamedProfile[]): NamedProfile {
  const found = profiles.find(profile => profile.name === name)
  if (found !== undefined) return found
  const there = profiles.map(profile => profile.name).join(', ')
  throw invalid(
    `There is no profile of this name (${described(name)}).`,
    there === '' ? 'There is none yet.' : `There are ${there}.`,
  )
}

function invalid(message: string, hint: string): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint })
}
