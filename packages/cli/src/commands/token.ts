import { type AccessToken, OktaConnectError } from '@connect-okta/core'
import type { Command } from '../command.js'
import { type ConnectionFlags, cannotBeCombined } from '../connection/connection-flags.js'
import { obtainToken, openConnection } from '../connection/open-connection.js'
import { parseDurationMs } from '../input/duration.js'
import { type Shell, shells, shellVariables } from '../output/shell-variables.js'
import type { Terminal } from '../output/terminal.js'

const formats = ['raw', 'json', 'header', 'env', 'exec-credential'] as const
type Format = (typeof formats)[number]

const boundToKey = 'This token is bound to a key (DPoP). Each request requires its own proof.'
const useHeader = 'Run connect-okta header --method GET --url URL to print the headers for one request.'
const useProxy = 'Run connect-okta exec or connect-okta proxy, which sign the requests of other programs.'

interface TokenFlags extends ConnectionFlags {
  readonly format: Format
  readonly shell: Shell
  readonly minValidity: number | undefined
  readonly forceRefresh: boolean
  readonly interactive: boolean
}

/** `connect-okta token`: prints a valid token. */
export const command: Command<TokenFlags> = {
  hasConnectionFlags: true,
  options: {
    format: {
      type: 'string',
      requiresArg: true,
      choices: formats,
      default: 'raw' as const,
      valueName: 'FORMAT',
      describe: 'The output format',
    },
    shell: {
      type: 'string',
      requiresArg: true,
      choices: shells,
      default: 'sh' as const,
      isAdvanced: true,
      describe: 'The shell that --format env is for',
    },
    'min-validity': {
      type: 'string',
      requiresArg: true,
      coerce: parseDurationMs,
      valueName: 'DURATION',
      describe: 'Get a token that is valid for at least this long, such as 90s, 5m or 1h30m',
    },
    'force-refresh': { type: 'boolean', default: false, describe: 'Get a new token even if the stored one is valid' },
    interactive: {
      type: 'boolean',
      default: false,
      describe: 'Sign in with a browser if there is no valid token',
    },
  },
  examples: [
    ['$0 token', 'Print the token of the default profile, or of the latest sign-in'],
    ['$0 token --format header | curl -H @- https://example.okta.com/api/v1/users', 'Call the API with curl'],
    ['eval "$($0 token --format env)"', 'Set OKTA_ACCESS_TOKEN in this shell'],
    ['$0 token --profile ci --min-validity 10m --json', 'Print the token and when it expires, as JSON'],
    ['$0 token --broker https://broker.example.com --client deploy', 'Get the token from a broker, in a CI job'],
  ],

  async run(flags, terminal) {
    const { minValidity: minValidityMs, forceRefresh } = flags
    const format = flags.json && flags.format === 'raw' ? 'json' : flags.format
    const interactive = flags.interactive && (format !== 'exec-credential' || (await mayAskUser(terminal)))
    const connection = await openConnection(flags, terminal)
    if (flags.interactive && connection.settings.values.broker !== undefined) {
      throw cannotBeCombined(
        '--interactive',
        'a broker',
        'Omit --interactive. With a broker, users sign in on a page of the broker.',
      )
    }
    const validity = minValidityMs === undefined ? {} : { minValidityMs }
    const { session, token } = await obtainToken(connection, terminal, {
      ...validity,
      forceRefresh,
      isOneToken: true,
      ...(interactive && {
        signIn: async options => (await import('../connection/sign-in.js')).signIn(options, connection, terminal),
      }),
    })
    if (format === 'exec-credential') {
      const { execCredential } = await import('../connection/exec-credential.js')
      return terminal.answer(JSON.stringify(await execCredential(session, token, validity, terminal)))
    }
    if (token.type === 'DPoP') {
      if (format === 'header') throw new OktaConnectError('options_invalid', boundToKey, { hint: useHeader })
      if (format === 'env') throw new OktaConnectError('options_invalid', boundToKey, { hint: useProxy })
      terminal.info(`note: ${boundToKey} ${useHeader}`)
    }
    if (token.type === 'SSWS' && (format === 'raw' || format === 'env')) terminal.info(`note: ${staticToken}`)
    terminal.answer(render(token, format, flags.shell))
  },
}

// kubectl reports whether it runs in a terminal.
async function mayAskUser({ io }: Terminal): Promise<boolean> {
  const { isInteractive } = await import('../connection/exec-credential.js')
  return isInteractive(io.environment.variables.KUBERNETES_EXEC_INFO)
}

const staticToken =
  'This is the static API token, not an access token. It has all permissions of its owner. Send it as: Authorization: SSWS TOKEN'

function render(
  { value, type, expiresAt, scopes }: AccessToken,
  format: Exclude<Format, 'exec-credential'>,
  shell: Shell,
): string {
  switch (format) {
    case 'raw':
      return value
    case 'header':
      return `Authorization: ${type} ${value}`
    case 'env':
      // A program that finds both variables may use the other one.
      return type === 'SSWS'
        ? shellVariables({ OKTA_ACCESS_TOKEN: undefined, OKTA_API_TOKEN: value }, shell)
        : shellVariables({ OKTA_API_TOKEN: undefined, OKTA_ACCESS_TOKEN: value }, shell)
    case 'json':
      return JSON.stringify({ accessToken: value, tokenType: type, expiresAt, scopes })
  }
}
