import { freePort } from '@connect-okta/emulator'

/** A redirect URI on a port that is free, so that suites can run side by side. */
export async function freeRedirectUri(): Promise<string> {
  return `http://localhost:${await freePort()}/login/callback`
}
