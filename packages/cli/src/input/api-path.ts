import { OktaConnectError } from '@connect-okta/core'
import { described } from '@connect-okta/core/keys'
import type { Environment } from '@connect-okta/core/profiles'

// The paths of Okta's APIs. Each other path of an org is for browsers.
const ofOkta = String.raw`(?:(?:governance|integrations|privileged-access|workflows)\/)?api\/v\d|oauth2\/|\.well-known\/`
const withoutSlash = new RegExp(`^(?:/{2,})?((?:${ofOkta}).*)$`, 's')
const inMsysRoot = new RegExp(String.raw`^(?:[A-Za-z]:[\\/]|(?:/cygdrive)?/[A-Za-z]/)[^?]*?(/(?:${ofOkta}).*)$`, 's')

/**
 * The path of a request as the user typed it. Git Bash and MSYS2 pass `/api/v1/users` on as `C:/Program Files/Git/api/v1/users`, and
 * convert that to `/c/Program Files/Git/api/v1/users`.
 * A path may lack its first slash or have two, which avoids that.
 *
 * @throws {@link OktaConnectError} `options_invalid` for another path on a drive of Windows
 * @see https://www.msys2.org/docs/filesystem-paths/#automatic-unix-windows-path-conversion
 */
export function apiPath(path: string): string {
  const [, unslashed] = withoutSlash.exec(path) ?? []
  if (unslashed !== undefined) return `/${unslashed}`
  const [, typed] = inMsysRoot.exec(path) ?? []
  if (typed !== undefined) return typed
  if (!/^[A-Za-z]:[\\/]/.test(path)) return path
  throw new OktaConnectError('options_invalid', `The path is on a drive of this machine (${described(path)}).`, {
    hint: 'Git Bash rewrites arguments that begin with a slash. Write api/v1/users, or set MSYS_NO_PATHCONV=1.',
  })
}

/** Whether Git Bash may have changed a field, as it changes `folder=/x` to `folder=C:/Program Files/Git/x`. */
export function mayBeChangedField(field: string, { MSYSTEM }: Environment['variables']): boolean {
  return MSYSTEM !== undefined && /^[^=]+=[A-Za-z]:\//.test(field)
}
