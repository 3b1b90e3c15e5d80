import { join } from 'node:path'

/**
 * Adds to the variable `HOME` those that name the home folder and the folders of settings and state on Windows and macOS, so that
 * a test that isolates a user by `HOME` does so on each system, and finds the files in the folders of Linux.
 */
export function withHome<T extends Readonly<Record<string, string | undefined>>>(
  variables: T,
  platform: NodeJS.Platform = process.platform,
): T {
  const { HOME } = variables
  if (!HOME) return variables
  switch (platform) {
    case 'win32':
      return {
        USERPROFILE: HOME,
        APPDATA: join(HOME, '.config'),
        LOCALAPPDATA: join(HOME, '.local', 'state'),
        ...variables,
      }
    case 'darwin':
      return { CONNECT_OKTA_STATE_DIR: join(HOME, '.local', 'state', 'connect-okta'), ...variables }
    default:
      return variables
  }
}
