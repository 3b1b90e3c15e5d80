import { endpointsOf } from '../config/tenant.js'
import type { Deps } from '../deps.js'
import { isOktaConnectError, type OktaConnectError } from '../errors.js'
import { boundedFetch } from '../http/bounded-fetch.js'
import { proxyFor } from '../http/proxy-settings.js'
import { maxDifferenceMs } from '../http/server-clock.js'
import { notAnOrg, orgMetadataUrl } from '../oauth/sign-in-checks/okta-org.js'
import { type CheckName, type Finding, failure, failureOf, ok, skipped, warning } from './finding.js'

type Variables = Readonly<Record<string, string | undefined>>

const requestTimeoutMs = 10_000
const warningThresholdMs = 30_000

/** A server that is checked. */
export interface Server {
  /** A URL of it that anyone can read. */
  readonly url: URL
  readonly kind: 'org' | 'broker'
  /** The check of its response. */
  readonly check: CheckName
}

/** Checks the network up to the response of the org. After a failure, later checks are skipped. */
export async function* checkNetwork(
  orgUrl: URL,
  variables: Variables,
  deps: Deps,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding, boolean> {
  const server: Server = { url: orgMetadataUrl(orgUrl), kind: 'org', check: 'org' }
  const response = yield* reach(server, variables, deps, signal)
  if (response === undefined) return false
  const finding = await orgFinding(response, orgUrl)
  yield finding
  return finding.outcome === 'ok'
}

/** Checks the network up to the response of a server, and returns it. After a failure, later checks are skipped. */
export async function* reach(
  server: Server,
  variables: Variables,
  deps: Deps,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding, Response | undefined> {
  const { url, kind } = server
  const send = boundedFetch(deps.fetch, { requestTimeoutMs, signal, ...(kind === 'broker' && { broker: server }) })
  try {
    yield proxyFinding(variables, url)
    const response = await send(url.href, {})
    yield* reached(server, variables)
    yield clockFinding(response, kind === 'org' ? "Okta's" : "the broker's", deps.now())
    return response
  } catch (error) {
    if (!isOktaConnectError(error) || error.code === 'cancelled') throw error
    yield* notReached(error, server)
    return undefined
  }
}

/** Checks the metadata of an authorization server. */
export async function checkAuthorizationServer(
  orgUrl: URL,
  id: string | undefined,
  deps: Deps,
  signal: AbortSignal | undefined,
): Promise<Finding> {
  const check = 'authorization_server'
  const issuer = endpointsOf(orgUrl, id)?.issuer ?? id ?? orgUrl.origin
  try {
    const send = boundedFetch(deps.fetch, { requestTimeoutMs, signal })
    const response = await send(`${issuer}/.well-known/openid-configuration`, {})
    const body = (await response.json().catch(() => undefined)) as { errorCode?: unknown; issuer?: unknown } | undefined
    const metadata = response.ok ? body : undefined
    const found = metadata?.issuer
    if (found === issuer) return ok(check, `The metadata of ${issuer} is valid.`)
    if (found === undefined) {
      if (body?.errorCode === 'E0000015') {
        return failure(
          check,
          `The org does not have the feature API Access Management, which the authorization server ${issuer} needs.`,
          'Omit the authorization server for okta.* scopes. For custom scopes, contact Okta to enable API Access Management.',
        )
      }
      const fix = 'Compare its ID with Security > API > Authorization Servers, or omit it for okta.* scopes.'
      return failure(check, `There is no authorization server at ${issuer} (HTTP ${response.status}).`, fix)
    }
    return failure(
      check,
      `The metadata of ${issuer} contains a different issuer.`,
      'Use the tenant name that the org itself uses.',
    )
  } catch (error) {
    return failureOf(check, error)
  }
}

function proxyFinding(variables: Variables, url: URL): Finding {
  const proxy = proxyFor(url, variables)
  return ok('proxy', proxy === undefined ? 'No proxy is used.' : `Requests use the proxy ${proxy.host}.`)
}

function* reached({ url, kind }: Server, variables: Variables): Iterable<Finding> {
  const { host, protocol } = url
  yield proxyFor(url, variables) === undefined
    ? ok('dns', `${host} resolves to an IP address.`)
    : skipped('dns', 'The proxy resolves host names.')
  yield protocol === 'http:'
    ? skipped('tls', `The ${kind} is on this machine, without TLS.`)
    : ok('tls', `The certificate of ${host} is trusted.`)
}

function* notReached(error: OktaConnectError, { kind, check }: Server): Iterable<Finding> {
  const rest = (...checks: CheckName[]) => checks.map(one => skipped(one, `The ${kind} could not be reached.`))
  if (error.code === 'options_invalid') {
    yield failureOf('proxy', error)
    yield* rest('dns', 'tls', 'clock', check)
  } else if (isAboutNames(error)) {
    yield failureOf('dns', error)
    yield* rest('tls', 'clock', check)
  } else if (error.code === 'tls_untrusted') {
    yield ok('dns', 'The host name resolves to an IP address.')
    yield failureOf('tls', error)
    yield* rest('clock', check)
  } else {
    yield* rest('dns', 'tls', 'clock')
    yield failureOf(check, error)
  }
}

function isAboutNames({ cause }: OktaConnectError): boolean {
  return ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'].includes(String((cause as { code?: unknown } | undefined)?.code))
}

function clockFinding(response: Response, whose: string, now: number): Finding {
  const differenceMs = Date.parse(response.headers.get('date') ?? '') - now
  if (Number.isNaN(differenceMs)) return skipped('clock', 'The response has no Date header.')
  if (Math.abs(differenceMs) <= warningThresholdMs) return ok('clock', `The clock of this machine matches ${whose}.`)
  const seconds = Math.round(Math.abs(differenceMs) / 1000)
  const isCorrected = Math.abs(differenceMs) <= maxDifferenceMs
  const amount = isCorrected
    ? `${seconds} s`
    : `more than ${Math.floor(seconds / 86_400)} ${seconds < 172_800 ? 'day' : 'days'}`
  const message = `The clock of this machine is ${amount} ${differenceMs > 0 ? 'behind' : 'ahead of'} ${whose}.`
  if (!isCorrected) return failure('clock', message, 'Set the clock, for example with timedatectl set-ntp true.')
  return warning(
    'clock',
    message,
    'Set the clock, for example with timedatectl set-ntp true. Until then, Connect-Okta uses the clock of the server.',
  )
}

async function orgFinding(response: Response, orgUrl: URL): Promise<Finding> {
  const { host } = orgUrl
  const body: unknown = await response.json().catch(() => undefined)
  const isOrg = response.ok && typeof (body as { id?: unknown } | undefined)?.id === 'string'
  if (isOrg) return ok('org', `${host} is an Okta org.`)
  if (response.status === 429)
    return failure('org', `The rate limit of ${host} is reached (HTTP 429).`, 'Try again in a minute.')
  if (response.status >= 500) {
    return failure('org', `${host} failed with HTTP ${response.status}.`, 'See status.okta.com.')
  }
  return failureOf('org', notAnOrg(orgUrl, response.status))
}
