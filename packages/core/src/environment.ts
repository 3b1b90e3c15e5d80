import { statSync } from 'node:fs'
import { homedir, userInfo } from 'node:os'
import { isAbsolute, join, sep } from 'node:path'
import { OktaConnectError, optionsInvalid } from './errors.js'

/** What a process finds around it. */
export interface Surroundings {
  /** The environment. */
  readonly variables: Readonly<Record<string, string | undefined>>
  /** The home folder, where this user has one. */
  readonly home: string | undefined
  /** The folder of this user's profiles: `CONNECT_OKTA_CONFIG_DIR`, else the platform's place, `~/.config/connect-okta`. */
  readonly configDirectory: string
  /** See {@link defaultStateDirectory}. */
  readonly stateDirectory: string
}

/** The surroundings of this process. */
export function surroundings(): Surroundings {
  return {
    variables: process.env,
    home: homeIfAny(),
    get configDirectory() {
      const { CONNECT_OKTA_CONFIG_DIR, XDG_CONFIG_HOME, APPDATA } = process.env
      if (CONNECT_OKTA_CONFIG_DIR) return absolute(CONNECT_OKTA_CONFIG_DIR, 'CONNECT_OKTA_CONFIG_DIR')
      return process.platform === 'win32'
        ? join(ifAbsolute(APPDATA) ?? join(homeFolder(), 'AppData', 'Roaming'), 'connect-okta')
        : join(ifAbsolute(XDG_CONFIG_HOME) ?? join(homeFolder(), '.config'), 'connect-okta')
    },
    get stateDirectory() {
      return defaultStateDirectory()
    },
  }
}

// An empty or relative HOME would be the current folder, which may be anybody's, and with sudo it may be the home of another
// user, in which root would make folders: then the system's user database counts. A user may be a number without an entry.
function homeIfAny(): string | undefined {
  for (const home of [homedir, () => userInfo().homedir]) {
    try {
      const found = ifAbsolute(home())
      if (found !== undefined && !isForeignToRoot(found)) return found
    } catch {}
  }
  return undefined
}

function isForeignToRoot(path: string): boolean {
  return process.getuid?.() === 0 && (statSync(path, { throwIfNoEntry: false })?.uid ?? 0) !== 0
}

// The XDG Base Directory Specification has relative paths ignored.
function ifAbsolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined
}

/**
 * A path from a variable that is ours to define.
 *
 * @throws {@link OktaConnectError} `options_invalid` for a relative one: it would depend on the current folder.
 */
export function absolute(path: string, variable: string): string {
  if (isAbsolute(path)) return path
  throw optionsInvalid(`${variable} is not an absolute path.`, `Set ${variable} to a path that begins with ${sep}.`)
}

/** @throws {@link OktaConnectError} `store_failed` where this user has none. */
export function homeFolder(): string {
  const found = homeIfAny()
  if (found !== undefined) return found
  throw new OktaConnectError('store_failed', 'This user has no home folder.', {
    hint: 'Set HOME, or both CONNECT_OKTA_CONFIG_DIR and CONNECT_OKTA_STATE_DIR.',
  })
}

/**
 * The folder in which this user's tokens are stored: `CONNECT_OKTA_STATE_DIR`, else the platform's place for state,
 * such as `~/.local/state/connect-okta`.
 *
 * @throws {@link OktaConnectError} `store_failed` where this user has no home, `options_invalid` for a relative path
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 */
export function defaultStateDirectory(): string {
  const { CONNECT_OKTA_STATE_DIR, XDG_STATE_HOME, LOCALAPPDATA } = process.env
  if (CONNECT_OKTA_STATE_DIR) return absolute(CONNECT_OKTA_STATE_DIR, 'CONNECT_OKTA_STATE_DIR')
  switch (process.platform) {
    case 'win32':
      return join(ifAbsolute(LOCALAPPDATA) ?? join(homeFolder(), 'AppData', 'Local'), 'connect-okta')
    case 'darwin':
      return join(homeFolder(), 'Library', 'Application Support', 'connect-okta')
    default:
      return join(ifAbsolute(XDG_STATE_HOME) ?? join(homeFolder(), '.local', 'state'), 'connect-okta')
  }
}
