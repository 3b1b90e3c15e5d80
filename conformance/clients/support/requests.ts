import type { LoggedRequest } from '@connect-okta/emulator'

/** The requests that an org received, one a line: method, path and status. */
export function linesOf(requests: readonly LoggedRequest[]): readonly string[] {
  return requests.map(({ method, path, status }) => `${method} ${path} ${status}`)
}
