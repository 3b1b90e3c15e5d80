import type { ErrorCode } from '@connect-okta/core'

/** What to do next, in the words of the cmdlets, where the core speaks of the command line or of options. */
export const hints: Partial<Record<ErrorCode, string>> = {
  browser_failed:
    'Name a browser with the environment variable BROWSER, or have the address shown instead: -NoBrowser. With a native ' +
    'app, sign in on another device: -UseDeviceCode.',
  callback_port_in_use:
    'End the program that listens there, or register another redirect URI with the app and name it with -RedirectUri.',
  key_required: 'Connect again with -JsonWebKey or -ClientSecret: neither is ever stored.',
  login_required: 'Connect first: Connect-Okta -Tenant example.okta.com -ClientId 0oa1a2b3c4d5e6f7g8h9',
}
