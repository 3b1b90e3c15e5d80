import { resolve } from 'node:path'
import { expandHome } from '@connect-okta/core/profiles'
import type { Io } from '../io.js'

/**
 * Makes a path absolute. A leading `~` is the home folder, also if no shell has replaced it.
 *
 * @throws `OktaConnectError` `store_failed` for `~` if this user has no home folder
 */
export function absolutePath(file: string, { cwd, environment }: Pick<Io, 'cwd' | 'environment'>): string {
  return resolve(cwd, expandHome(file, environment))
}
