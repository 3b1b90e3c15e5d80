import { isAbsolute, join, resolve } from 'node:path'
import { OktaConnectError } from '@connect-okta/core'
import type { Io } from '../io.js'

/**
 * The path that a file has from anywhere. A leading `~` is the home folder, also where no shell has replaced it.
 *
 * @throws {@link OktaConnectError} `options_invalid` for `~` when `HOME` is empty or relative
 */
export function absolutePath(file: string, io: Pick<Io, 'cwd' | 'home'>): string {
  if (!/^~[\\/]/.test(file)) return resolve(io.cwd, file)
  if (isAbsolute(io.home)) return join(io.home, file.slice(2))
  throw new OktaConnectError('options_invalid', 'HOME is not an absolute path, so ~ names no folder.', {
    hint: 'Set HOME to your home folder, or give the whole path of the file.',
  })
}
