import { isLoopback } from '../../config/tenant.js'
import type { Deps } from '../../deps.js'
import { cancelled, OktaConnectError } from '../../errors.js'
import { boundedFetch } from '../../http/bounded-fetch.js'

/** A request for an identity token. */
export interface IdentityRequest {
  /** The only audience of the token: the issuer of the broker. */
  readonly audience: string
  readonly requestTimeoutMs: number
  readonly signal: AbortSignal | undefined
}

/** A platform that issues identity tokens to the programs that it runs. */
export interface Platform {
  readonly name: string
  /** The variable that shows that a program runs there. */
  readonly variable: string
  isDetected(variables: Deps['environment']['variables']): boolean
  request(request: IdentityRequest, deps: Deps): Promise<string>
}

/** The platforms that a program requests a token from, in the order in which they are tried. */
export const platforms: readonly Platform[] = [
  {
    // https://docs.github.com/en/actions/reference/security/oidc
    name: 'GitHub Actions',
    variable: 'ACTIONS_ID_TOKEN_REQUEST_URL',
    isDetected: ({ ACTIONS_ID_TOKEN_REQUEST_URL }) => Boolean(ACTIONS_ID_TOKEN_REQUEST_URL),
    request: requestFromGitHub,
  },
  {
    // https://buildkite.com/docs/agent/v3/cli-oidc
    name: 'Buildkite',
    variable: 'BUILDKITE',
    isDetected: ({ BUILDKITE }) => BUILDKITE === 'true',
    // Only on request does the token have the ids, which rules should name because they are never used again.
    request: ({ audience, signal }, deps) => {
      const claims = ['--claim', 'organization_id,pipeline_id']
      return runFor(
        'Buildkite',
        'buildkite-agent',
        ['oidc', 'request-token', '--audience', audience, ...claims],
        signal,
        deps,
      )
    },
  },
  {
    // https://circleci.com/docs/guides/permissions-authentication/oidc-tokens-with-custom-claims/
    name: 'CircleCI',
    variable: 'CIRCLECI',
    isDetected: ({ CIRCLECI }) => CIRCLECI === 'true',
    request: ({ audience, signal }, deps) =>
      runFor(
        'CircleCI',
        'circleci',
        ['run', 'oidc', 'get', '--claims', JSON.stringify({ aud: audience })],
        signal,
        deps,
      ),
  },
]

async function requestFromGitHub(
  { audience, requestTimeoutMs, signal }: IdentityRequest,
  { fetch, environment }: Deps,
): Promise<string> {
  const { ACTIONS_ID_TOKEN_REQUEST_URL = '', ACTIONS_ID_TOKEN_REQUEST_TOKEN = '' } = environment.variables
  const url = URL.canParse(ACTIONS_ID_TOKEN_REQUEST_URL) ? new URL(ACTIONS_ID_TOKEN_REQUEST_URL) : undefined
  if (url === undefined || !(url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url)))) {
    throw notIssued('GitHub Actions', 'ACTIONS_ID_TOKEN_REQUEST_URL is not an https: URL')
  }
  if (ACTIONS_ID_TOKEN_REQUEST_TOKEN === '') {
    throw notIssued(
      'GitHub Actions',
      'ACTIONS_ID_TOKEN_REQUEST_TOKEN is not set',
      'Pass it to the program, in addition to ACTIONS_ID_TOKEN_REQUEST_URL.',
    )
  }
  url.searchParams.set('audience', audience)
  const limits = { requestTimeoutMs, signal, address: 'ACTIONS_ID_TOKEN_REQUEST_URL' }
  const response = await boundedFetch(fetch, limits)(url.href, {
    headers: { accept: 'application/json', authorization: `bearer ${ACTIONS_ID_TOKEN_REQUEST_TOKEN}` },
  })
  const body: unknown = response.ok ? await response.json().catch(() => undefined) : undefined
  const value = typeof body === 'object' && body !== null && 'value' in body ? body.value : undefined
  if (typeof value === 'string') return value
  throw notIssued('GitHub Actions', response.ok ? 'the response has no token' : `HTTP ${response.status}`)
}

async function runFor(
  name: string,
  command: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
  { runCommand }: Deps,
): Promise<string> {
  try {
    return await runCommand(command, args, signal)
  } catch (error) {
    if (signal?.aborted) throw cancelled()
    // The output is not shown: it may contain a token.
    const { code, killed } = error as { readonly code?: unknown; readonly killed?: boolean }
    if (code === 'ENOENT') throw notIssued(name, `the command ${command} does not exist`, `Add ${command} to PATH.`)
    throw notIssued(
      name,
      killed ? `${command} did not end in time` : `${command} failed (${String(code)})`,
      `Run it in the job to see why: ${[command, ...args].join(' ')}`,
    )
  }
}

function notIssued(
  name: string,
  reason: string,
  hint = 'Try again. If it still fails, see the status page of the platform.',
): OktaConnectError {
  return new OktaConnectError('server_failed', `${name} did not issue an identity token: ${reason}.`, { hint })
}
