import type { EmulatorOptions } from '../config/options.js'
import type { GroupType } from '../org/groups.js'
import { type ImportedApp, importApp } from './import-apps.js'
import { type ImportedUser, importUser, profileTexts } from './import-users.js'
import type { OrgExport } from './org-export.js'
import { Pseudonyms } from './pseudonyms.js'

/** A group of a real org. */
export interface ImportedGroup {
  readonly id: string
  readonly name: string
  readonly description?: string
  /** `OKTA_GROUP`, `APP_GROUP` or `BUILT_IN`. */
  readonly type?: GroupType
  /** The made-up logins of its members. */
  readonly members: readonly string[]
}

/** The configuration of an emulated org that is like a real one. */
export interface ImportedConfig extends EmulatorOptions {
  readonly users: readonly ImportedUser[]
  readonly groups: readonly ImportedGroup[]
  readonly clients: readonly ImportedApp[]
  /** The active ones. */
  readonly trustedOrigins: readonly string[]
}

/**
 * Converts the export of a real org to a configuration. IDs, statuses, the settings of apps and their public keys are kept.
 * Passwords, secrets and private keys are dropped. All texts in the profiles of users are replaced by made-up ones, also names
 * and addresses in URLs. The names of groups and the labels of apps, which can contain personal data in any spelling, are
 * replaced by numbers.
 *
 * @returns the configuration, and what could not be taken over
 * @example importOrg(parseExport({ 'users.json': usersText, 'apps.json': appsText }))
 */
export function importOrg(source: OrgExport): {
  readonly config: ImportedConfig
  readonly warnings: readonly string[]
} {
  const warnings: string[] = []
  const warn = (message: string) => warnings.push(message)
  const pseudonyms = new Pseudonyms(profileTexts(source.users))
  const ids = new Set(source.users.map(({ id }) => id))
  const users = source.users.map(user => importUser(user, pseudonyms, ids))
  const logins = new Map(users.map(({ id, login }) => [id, login]))

  const groups = source.groups.map(({ id, type }, index): ImportedGroup => {
    const members = (source.groupMembers[id] ?? []).map(user => logins.get(typeof user === 'string' ? user : user.id))
    return {
      id,
      name: type === 'BUILT_IN' ? 'Everyone' : `Group ${index + 1}`,
      ...(isGroupType(type) && { type }),
      members: members.filter(login => login !== undefined),
    }
  })
  const clients = source.apps
    .map((app, index) => importApp(app, source, { pseudonyms, logins, warn, label: `App ${index + 1}` }))
    .filter(app => app !== undefined)
  if (source.appGrants === undefined && clients.length > 0) {
    warn('The export has no appGrants, so each app gets the default scopes.')
  }
  const trustedOrigins = source.trustedOrigins
    .filter(({ status }) => status !== 'INACTIVE')
    .map(({ origin }) => new URL(pseudonyms.replaceInUrl(origin)).origin)
  if (users.length + clients.length > 0) {
    warn('An export has no roles: no user and no app has an admin role. Set adminRole for those that need it.')
  }
  return { config: { people: 0, users, groups, clients, trustedOrigins }, warnings }
}

function isGroupType(type: string | undefined): type is GroupType {
  return type === 'OKTA_GROUP' || type === 'APP_GROUP' || type === 'BUILT_IN'
}
