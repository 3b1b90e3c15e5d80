import { isOktaConnectError, OktaConnectError } from '../errors.js'
import { printable } from '../safe-text.js'
import { ProxyFailure, statusOfProxy } from './proxy-fetch.js'

/**
 * Converts an error that `fetch` or `session.fetch` threw into an {@link OktaConnectError}.
 *
 * @param host the host of the request.
 * @param address the name of the option that contains the host, for hints.
 * @returns an error with the code `network_failed`, `tls_untrusted`, or for an aborted request `cancelled`. An {@link OktaConnectError} is
 * returned unchanged. An error that `fetch` does not throw is in the `cause`.
 * @example
 * const response = await session.fetch('/api/v1/users').catch(error => {
 *   throw networkError(session.orgUrl.host, error)
 * })
 */
export function networkError(host: string, error: unknown, address = 'tenant'): OktaConnectError {
  if (isOktaConnectError(error)) return error
  if (error instanceof Error && /^(Abort|Timeout)Error$/.test(error.name)) return requestCancelled(error)
  const code = codeOf(error) ?? unknownReason(error)
  if (isCertificateProblem(code)) {
    const [problem, hint] = certificateProblem(code, address)
    return new OktaConnectError('tls_untrusted', `The certificate of ${host} ${problem} (${code}).`, {
      hint,
      cause: causeWithout(error),
    })
  }
  // The Fetch standard makes a response with the status 407 a network error, without a code.
  if (/proxy authentication required/i.test(messagesOf(error))) {
    return new OktaConnectError(
      'network_failed',
      `A proxy in front of ${host} requires a username and a password (HTTP 407).`,
      {
        hint: 'Set HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT.',
        cause: causeWithout(error),
      },
    )
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return new OktaConnectError('network_failed', `${host} does not use TLS.`, {
      hint: `If it is on this machine, use http://${host} as the ${address}. HTTP is allowed only on this machine.`,
    })
  }
  if (error instanceof ProxyFailure) return proxyError(host, code, error)
  return new OktaConnectError('network_failed', `${host} cannot be reached (${code}).`, {
    hint: unreachableHint(host, code, address),
    cause: causeWithout(error),
  })
}

function unreachableHint(host: string, code: string, address: string): string {
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN') return `Check the spelling of the ${address}, and the network.`
  if (code === 'ECONNREFUSED' && /^(localhost|127\.0\.0\.1|\[::1\])(:|$)/.test(host)) {
    return `No program listens on ${host}: start it, or check the port.`
  }
  return 'Check the network, and whether a proxy is needed. Then try again.'
}

/**
 * Returns whether an error is one of `fetch`. Any other error is a bug, such as in a `fetch` of the program: it must not be reported as a
 * problem of the network.
 */
export function isNetworkError(error: unknown): boolean {
  if (!(error instanceof Error)) return false
  return (
    error instanceof ProxyFailure || codeOf(error) !== undefined || /^(fetch failed|terminated)$/.test(error.message)
  )
}

/** The error for a request that was aborted by the signal of the caller. */
export function requestCancelled(reason: unknown): OktaConnectError {
  const isLate = reason instanceof Error && reason.name === 'TimeoutError'
  return new OktaConnectError('cancelled', isLate ? 'The time limit of the request was reached.' : 'Cancelled.', {
    hint: 'Okta may have received the request.',
    cause: reason,
  })
}

function certificateProblem(code: string, address: string): readonly [problem: string, hint: string] {
  switch (code) {
    case 'CERT_HAS_EXPIRED':
      return [
        'has expired',
        "Check the clock of this machine. If the clock is right, the server's certificate must be renewed.",
      ]
    case 'CERT_NOT_YET_VALID':
      return ['is not valid yet', 'Check the clock of this machine.']
    case 'CERT_REVOKED':
      return ['was revoked', 'The operator of the host must renew the certificate.']
    case 'ERR_TLS_CERT_ALTNAME_INVALID':
    case 'HOSTNAME_MISMATCH':
      return [
        'is not valid for this host name',
        `Check the spelling of the ${address}, and whether a proxy or the DNS leads to another host. The certificate of a ` +
          'custom domain has to contain its name.',
      ]
    default:
      return [
        'is not trusted',
        'If your network inspects TLS, set NODE_EXTRA_CA_CERTS or SSL_CERT_FILE to a file with its CA certificate.',
      ]
  }
}

function proxyError(host: string, code: string, failure: ProxyFailure): OktaConnectError {
  const status = statusOfProxy(failure)
  const reason = status === undefined ? code : `HTTP ${status}`
  return new OktaConnectError('network_failed', `The proxy ${failure.proxy} cannot connect to ${host} (${reason}).`, {
    hint:
      status === '407' ? authenticationHint(failure) : 'Check HTTPS_PROXY. List hosts that need no proxy in NO_PROXY.',
    cause: causeWithout(failure),
  })
}

function authenticationHint({ schemes }: ProxyFailure): string {
  const isBasicMissing = schemes.length > 0 && !schemes.some(scheme => /^basic$/i.test(scheme))
  return isBasicMissing
    ? `The proxy accepts only ${schemes.map(printable).join(', ')}, which is not supported. Run a local proxy that ` +
        'supports it, such as Px or Cntlm, and set HTTPS_PROXY to its address.'
    : 'The proxy requires a username and a password: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT'
}

/** Returns whether a connection was closed before a response, as by a server that ends an idle one. */
export function isReset(error: unknown): boolean {
  const cause = isOktaConnectError(error) ? error.cause : error
  return ['ECONNRESET', 'EPIPE', 'UND_ERR_SOCKET'].includes(codeOf(cause) ?? '')
}

function messagesOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${messagesOf(error.cause)}` : ''
}

// Only the code: an error about a malformed response contains the response, and so the token.
function causeWithout(error: unknown): unknown {
  if (!isNetworkError(error)) return error
  const code = codeOf(error) ?? unknownReason(error)
  return Object.assign(new Error(`fetch failed: ${code}`), { code })
}

// The message of fetch is always "fetch failed". The reason is in its cause, several levels deep for several addresses.
function codeOf(error: unknown): string | undefined {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one.message === 'bad port') return 'fetch blocks the port'
    if ('code' in one && typeof one.code === 'string') return one.code
    if (one instanceof AggregateError && one.errors.length > 0) return codeOf(one.errors[0])
  }
  return undefined
}

function unknownReason(error: unknown): string {
  return error instanceof Error && !isNetworkError(error) ? error.name : 'unknown reason'
}

function isCertificateProblem(code: string): boolean {
  return /CERT|^UNABLE_TO_VERIFY|^HOSTNAME_MISMATCH|^CRL_/.test(code)
}
