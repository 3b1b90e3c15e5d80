import { isAbsolute, join, resolve } from 'node:path'
import { OktaConnectError } from '@connect-okta/core'
import type { Io } from '../io.js'

/**
 * Makes a path absolute. A leading `~` is the home folder, also if no shell has replaced it.
 *
 * @throws {@link OktaConnectError} `options_invalid` for `~` when `HOME` is empty or relative
 */
export function absolutePath(file: string, io: Pick<Io, 'cwd' | 'home'>): string {
  if (!/^~[\\/]/.test(file)) return resolve(io.cwd, file)
  if (isAbsolute(io.home)) return join(io.home, file.slice(2))
  throw new OktaConnectError('options_invalid', 'HOME is not an absolute path, so that ~ is not a folder.', {
    hint: 'Set HOME to your home folder, or give the full path of the file.',
  })
}
