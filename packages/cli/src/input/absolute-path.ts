import { join, resolve } from 'node:path'
import { OktaConnectError } from '@connect-okta/core'
import type { Environment } from '@connect-okta/core/profiles'
import type { Io } from '../io.js'

/**
 * Makes a path absolute. A leading `~` is the home folder, also if no shell has replaced it.
 *
 * @throws {@link OktaConnectError} `options_invalid` for `~` if this user has no home folder
 */
export function absolutePath(file: string, { cwd, environment }: Pick<Io, 'cwd' | 'environment'>): string {
  return resolve(cwd, expandHome(file, environment))
}

/** Replaces a leading `~` as {@link absolutePath} does. Another path stays as it is. */
export function expandHome(file: string, { home }: Environment): string {
  if (!/^~[\\/]/.test(file)) return file
  if (home !== undefined) return join(home, file.slice(2))
  throw new OktaConnectError('options_invalid', 'This user has no home folder, so that ~ is not a folder.', {
    hint: 'Set HOME to your home folder, or give the full path of the file.',
  })
}
