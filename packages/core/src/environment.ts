import { statSync } from 'node:fs'
import { userInfo } from 'node:os'
import { isAbsolute, join, sep } from 'node:path'
import { OktaConnectError, optionsInvalid } from './errors.js'
import { unquoted } from './unquoted.js'

type Variables = Readonly<Record<string, string | undefined>>

/** The environment of a process: its variables, and the folders that they and the platform name. */
export interface Environment {
  readonly variables: Variables
  /** The home folder; `undefined` if this user has none. */
  readonly home: string | undefined
  /** The folder of the profiles: `CONNECT_OKTA_CONFIG_DIR`. Default: the platform's, such as `~/.config/connect-okta`. */
  readonly configDirectory: string
  /** The folder of the tokens: see {@link defaultStateDirectory}. */
  readonly stateDirectory: string
}

/**
 * Returns the environment of this process, or one with other variables. Its folders are found when they are first read.
 *
 * @param variables Default: `process.env`.
 * @example
 * const environment = currentEnvironment({ ...process.env, CONNECT_OKTA_STATE_DIR: '/var/lib/service' })
 */
export function currentEnvironment(variables: Variables = process.env): Environment {
  return {
    variables,
    get home() {
      return findHome(variables)
    },
    get configDirectory() {
      const { CONNECT_OKTA_CONFIG_DIR, XDG_CONFIG_HOME, APPDATA } = variables
      if (CONNECT_OKTA_CONFIG_DIR) return absolutePath(CONNECT_OKTA_CONFIG_DIR, 'CONNECT_OKTA_CONFIG_DIR', this)
      return process.platform === 'win32'
        ? join(ifAbsolute(APPDATA) ?? join(requireHome(this), 'AppData', 'Roaming'), 'connect-okta')
        : join(ifAbsolute(XDG_CONFIG_HOME) ?? join(requireHome(this), '.config'), 'connect-okta')
    },
    get stateDirectory() {
      const { CONNECT_OKTA_STATE_DIR, XDG_STATE_HOME, LOCALAPPDATA } = variables
      if (CONNECT_OKTA_STATE_DIR) return absolutePath(CONNECT_OKTA_STATE_DIR, 'CONNECT_OKTA_STATE_DIR', this)
      switch (process.platform) {
        case 'win32':
          return join(ifAbsolute(LOCALAPPDATA) ?? join(requireHome(this), 'AppData', 'Local'), 'connect-okta')
        case 'darwin':
          return join(requireHome(this), 'Library', 'Application Support', 'connect-okta')
        default:
          return join(ifAbsolute(XDG_STATE_HOME) ?? join(requireHome(this), '.local', 'state'), 'connect-okta')
      }
    },
  }
}

/**
 * Returns the folder in which the tokens of this user are stored: `CONNECT_OKTA_STATE_DIR`. Default: the platform's folder
 * for state, such as `~/.local/state/connect-okta`.
 *
 * @throws {@link OktaConnectError} `store_failed` if this user has no home folder, `options_invalid` for a relative path
 * @see https://specifications.freedesktop.org/basedir-spec/latest/
 * @example
 * const store = createFileStore({ directory: join(defaultStateDirectory(), 'tokens') })
 */
export function defaultStateDirectory(environment: Environment = currentEnvironment()): string {
  return environment.stateDirectory
}

// An empty or relative HOME would mean the current folder, which may belong to anyone; and under sudo HOME may be the home
// of another user, in which root would create folders. Then the user database of the system decides.
function findHome({ HOME, USERPROFILE }: Variables): string | undefined {
  for (const home of [() => (process.platform === 'win32' ? USERPROFILE : HOME), () => userInfo().homedir]) {
    try {
      const found = ifAbsolute(home())
      if (found !== undefined && !isOwnedByOtherUserThanRoot(found)) return found
    } catch {
      // A user may be a number without an entry in the database.
    }
  }
  return undefined
}

function isOwnedByOtherUserThanRoot(path: string): boolean {
  return process.getuid?.() === 0 && (statSync(path, { throwIfNoEntry: false })?.uid ?? 0) !== 0
}

// The XDG Base Directory Specification requires that relative paths are ignored.
function ifAbsolute(path: string | undefined): string | undefined {
  return path !== undefined && isAbsolute(path) ? path : undefined
}

function absolutePath(text: string, variable: string, environment: Environment): string {
  const path = expandHome(unquoted(text), environment)
  if (isAbsolute(path)) return path
  throw optionsInvalid(`${variable} is not an absolute path.`, `Set ${variable} to a path that begins with ${sep}.`)
}

/**
 * Returns the home folder.
 *
 * @throws {@link OktaConnectError} `store_failed` if this user has none
 */
export function requireHome({ home }: Environment): string {
  if (home !== undefined) return home
  throw new OktaConnectError('store_failed', 'This user has no home folder.', {
    hint: 'Set HOME, or both CONNECT_OKTA_CONFIG_DIR and CONNECT_OKTA_STATE_DIR.',
  })
}

/**
 * Replaces a leading `~` in a path with the home folder, as a shell does.
 *
 * @throws {@link OktaConnectError} `store_failed` if this user has none
 * @example
 * expandHome('~/okta/key.json') // '/home/ann/okta/key.json'
 */
export function expandHome(path: string, environment: Environment = currentEnvironment()): string {
  return /^~([\\/]|$)/.test(path) ? join(requireHome(environment), path.slice(1)) : path
}

// Secrets and settings of this project, and of Okta's SDKs. Windows ignores the case of names.
const ownVariables = /^(CONNECT_OKTA_|OKTA_CLIENT_)/i

/** Returns the environment for another program: without the variables of this project and of Okta's SDKs, which contain secrets. */
export function withoutOwnVariables(variables: Variables): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(variables).filter(([name]) => !ownVariables.test(name)))
}
