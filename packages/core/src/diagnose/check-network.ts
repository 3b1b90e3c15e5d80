import { endpointsOf } from '../config/tenant.js'
import type { Deps } from '../deps.js'
import { isOktaConnectError, type OktaConnectError } from '../errors.js'
import { boundedFetch } from '../http/bounded-fetch.js'
import { proxyFrom } from '../http/proxy-fetch.js'
import { type CheckName, type Finding, failure, failureOf, ok, skipped, warning } from './finding.js'

const requestTimeoutMs = 10_000
const worthTellingMs = 30_000

/** Looks at the way to an org, up to the answer that it is one. Later checks are skipped where an earlier one fails. */
export async function* checkNetwork(
  orgUrl: URL,
  variables: Readonly<Record<string, string | undefined>>,
  deps: Deps,
  signal: AbortSignal | undefined,
): AsyncGenerator<Finding, boolean> {
  const ask = boundedFetch(deps.fetch, { requestTimeoutMs, signal })
  try {
    yield proxyFinding(variables, orgUrl)
    const answer = await ask(new URL('/.well-known/okta-organization', orgUrl).href, {})
    yield* reached(orgUrl, variables)
    yield clockFinding(answer, deps.now())
    const finding = await orgFinding(answer, orgUrl)
    yield finding
    return finding.outcome === 'ok'
  } catch (error) {
    if (!isOktaConnectError(error) || error.code === 'cancelled') throw error
    yield* notReached(error)
    return false
  }
}

/** Looks at an authorization server's description of itself. */
export async function checkAuthorizationServer(
  orgUrl: URL,
  id: string | undefined,
  deps: Deps,
  signal: AbortSignal | undefined,
): Promise<Finding> {
  const check = 'authorization_server'
  const issuer = endpointsOf(orgUrl, id)?.issuer ?? id ?? orgUrl.origin
  try {
    const ask = boundedFetch(deps.fetch, { requestTimeoutMs, signal })
    const answer = await ask(`${issuer}/.well-known/openid-configuration`, {})
    const metadata: unknown = answer.ok ? await answer.json().catch(() => undefined) : undefined
    const found = (metadata as { issuer?: unknown } | undefined)?.issuer
    if (found === issuer) return ok(check, `${issuer} describes itself as it should.`)
    if (found === undefined) {
      const fix = 'Compare its id with Security > API > Authorization Servers, or leave it out for okta.* scopes.'
      return failure(check, `There is no authorization server at ${issuer} (HTTP ${answer.status}).`, fix)
    }
    return failure(check, `${issuer} calls itself by another name.`, 'Use the name that the org itself uses as tenant.')
  } catch (error) {
    return failureOf(check, error)
  }
}

function proxyFinding(variables: Readonly<Record<string, string | undefined>>, orgUrl: URL): Finding {
  const proxy = proxyFrom(variables)
  if (proxy === undefined || orgUrl.protocol === 'http:') return ok('proxy', 'No proxy is used.')
  return ok('proxy', `Requests go through ${proxy.host}, but for the hosts in NO_PROXY.`)
}

function* reached({ host, protocol }: URL, variables: Readonly<Record<string, string | undefined>>): Iterable<Finding> {
  yield proxyFrom(variables) === undefined
    ? ok('dns', `${host} has an address.`)
    : skipped('dns', 'The proxy looks names up.')
  yield protocol === 'http:'
    ? skipped('tls', 'It is on this machine, without encryption.')
    : ok('tls', `The certificate of ${host} is trusted.`)
}

function* notReached(error: OktaConnectError): Iterable<Finding> {
  const rest = (check: CheckName) => skipped(check, 'The org was not reached.')
  if (error.code === 'options_invalid') {
    yield failureOf('proxy', error)
    yield* (['dns', 'tls', 'clock', 'org'] as const).map(rest)
  } else if (isAboutNames(error)) {
    yield failureOf('dns', error)
    yield* (['tls', 'clock', 'org'] as const).map(rest)
  } else if (error.code === 'tls_untrusted') {
    yield ok('dns', 'The name has an address.')
    yield failureOf('tls', error)
    yield* (['clock', 'org'] as const).map(rest)
  } else {
    yield* (['dns', 'tls', 'clock'] as const).map(rest)
    yield failureOf('org', error)
  }
}

function isAboutNames({ cause }: OktaConnectError): boolean {
  return ['ENOTFOUND', 'EAI_AGAIN', 'EAI_FAIL'].includes(String((cause as { code?: unknown } | undefined)?.code))
}

function clockFinding(answer: Response, now: number): Finding {
  const differenceMs = Date.parse(answer.headers.get('date') ?? '') - now
  if (Number.isNaN(differenceMs)) return skipped('clock', 'The org does not tell the time.')
  if (Math.abs(differenceMs) <= worthTellingMs) return ok('clock', "The clock of this machine agrees with Okta's.")
  const seconds = Math.round(Math.abs(differenceMs) / 1000)
  const message = `The clock of this machine is ${seconds} s ${differenceMs > 0 ? 'behind' : 'ahead of'} Okta's.`
  return warning(
    'clock',
    message,
    'Set it, such as with timedatectl set-ntp true. Until then the difference is made up for.',
  )
}

async function orgFinding(answer: Response, { host }: URL): Promise<Finding> {
  const body: unknown = await answer.json().catch(() => undefined)
  const isOrg = answer.ok && typeof (body as { id?: unknown } | undefined)?.id === 'string'
  if (isOrg) return ok('org', `${host} is an Okta org.`)
  if (answer.status === 429) return failure('org', `${host} asks to wait (HTTP 429).`, 'Try again in a minute.')
  if (answer.status >= 500) {
    return failure('org', `${host} has a fault of its own (HTTP ${answer.status}).`, 'See status.okta.com.')
  }
  const fix = 'Check the spelling of the tenant, and whether a sign-in page of the network stands in front of it.'
  return failure('org', `${host} does not answer as an Okta org does (HTTP ${answer.status}).`, fix)
}
