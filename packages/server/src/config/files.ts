import { access, constants, readFile, stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { OktaConnectError } from '@connect-okta/core'
import { currentEnvironment, expandHome } from '@connect-okta/core/profiles'
import { configInvalid } from './config-file.js'

/** Resolves a path of the configuration from its folder or, with `~/`, from the home folder. */
export function resolvePath(path: string, directory: string): string {
  if (path.startsWith('~') && currentEnvironment().home === undefined) {
    throw configInvalid('A path begins with ~, but this user has no home folder.')
  }
  return resolve(directory, expandHome(path))
}

/** Requires that the broker may read a file. @throws {@link OktaConnectError} `options_invalid` */
export async function requireReadable(path: string, setting: string): Promise<void> {
  await access(path, constants.R_OK).catch(error => {
    throw fileUnreadable(setting, error)
  })
}

/**
 * Requires that only its owner, or a group, may write to a configuration, which can name programs to run. The folders above are not
 * checked: everyone may write to those of a volume of Kubernetes, which is read-only.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function requireNotWritable(path: string): Promise<void> {
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined || process.platform === 'win32' || (stats.mode & 0o002) === 0) return
  throw configInvalid('--config: every user of this machine can write to the file. Remove the permission: chmod o-w')
}

/**
 * Requires that a configuration that names programs to run belongs to root if the broker runs as root: its owner would get the
 * rights of root.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export async function requireOwnedByRoot(path: string): Promise<void> {
  if (process.getuid?.() !== 0) return
  const stats = await stat(path).catch(() => undefined)
  if (stats === undefined || stats.uid === 0) return
  throw configInvalid(
    '--config: the file names a program to run, and belongs to a user other than root. ' +
      'Run the broker as another user, or change the owner of the file to root.',
  )
}

const readErrors: Readonly<Record<string, string>> = {
  ENOENT: 'the file does not exist',
  EACCES: 'the user that runs the broker cannot read the file',
  EISDIR: 'it is a folder, not a file',
}

/** The error for a file that cannot be read, without its path, which may be a misplaced key. */
export function fileUnreadable(setting: string, { code = '' }: NodeJS.ErrnoException): OktaConnectError {
  const reason = readErrors[code] ?? 'the file cannot be read'
  return configInvalid(`${setting}: ${reason} (${code}).`, new Error(`read: ${code}`))
}

/** Reads a file. @throws {@link OktaConnectError} `options_invalid` */
export async function readBytes(path: string, setting: string): Promise<Buffer> {
  return await readFile(path).catch(error => {
    // A path with such an ending is not a misplaced key.
    const shown = /^[\w ./\\:~-]{1,200}\.(json|jwks|pem|crt|cer|yaml|yml)$/.test(path) ? ` ${path}` : ''
    throw fileUnreadable(`${setting}${shown}`, error)
  })
}
