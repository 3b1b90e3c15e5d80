import { homedir } from 'node:os'
import { isAbsolute, join, resolve } from 'node:path'
import { OktaConnectError } from '@connect-okta/core'

/**
 * The path that a file has from anywhere. A leading `~` is the home folder, also where no shell has replaced it.
 *
 * @throws {@link OktaConnectError} `options_invalid` for `~` when `HOME` is empty or relative
 */
export function absolutePath(file: string): string {
  if (!/^~[\\/]/.test(file)) return resolve(file)
  const home = homedir()
  if (isAbsolute(home)) return join(home, file.slice(2))
  throw new OktaConnectError('options_invalid', 'HOME is not an absolute path, so ~ names no folder.', {
    hint: 'Set HOME to your home folder, or give the whole path of the file.',
  })
}
