import type { Environment } from '@connect-okta/core/profiles'

const variable = 'NoDefaultCurrentDirectoryInExePath'

/**
 * Makes Windows search programs only in PATH. By default, a file in the current folder, such as one of a downloaded repository, would be
 * started in place of the browser or of a signing command. Requires Node 22: the libuv of Node 20 ignores the variable.
 *
 * @returns a function that removes the variable again from an environment: for programs of the user, which have other rules.
 * @see https://learn.microsoft.com/windows/win32/api/processenv/nf-processenv-needcurrentdirectoryforexepathw
 */
export function searchOnlyPath(): (variables: Environment['variables']) => Environment['variables'] {
  if (process.platform !== 'win32' || process.env[variable] !== undefined) return variables => variables
  process.env[variable] = '1'
  return ({ [variable]: _ours, ...others }) => others
}
