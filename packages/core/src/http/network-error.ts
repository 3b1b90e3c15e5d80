import { OktaConnectError } from '../errors.js'
import { ProxyFailure } from './proxy-fetch.js'

/**
 * Turns what `fetch` or `session.fetch` threw into an error with a code and a hint.
 *
 * @param host the host of the request.
 * @returns an error with the code `network_failed` or `tls_untrusted`.
 * @example
 * await session.fetch('/api/v1/users').catch(error => {
 *   throw isOktaConnectError(error) ? error : networkError(session.orgUrl.host, error)
 * })
 */
export function networkError(host: string, error: unknown): OktaConnectError {
  const code = causeCode(error)
  if (isCertificateProblem(code)) {
    return new OktaConnectError('tls_untrusted', `The certificate of ${host} is not trusted (${code}).`, {
      hint: 'If your network inspects TLS, set NODE_EXTRA_CA_CERTS or SSL_CERT_FILE to a file with its CA certificate.',
      cause: causeWithout(error),
    })
  }
  if (code === 'ERR_SSL_WRONG_VERSION_NUMBER') {
    return new OktaConnectError('network_failed', `${host} does not use TLS.`, {
      hint: `If it is on this machine, use http://${host} as the tenant. HTTP is allowed only on this machine.`,
    })
  }
  if (error instanceof ProxyFailure) return proxyError(host, code, error)
  const hint =
    code === 'ENOTFOUND' || code === 'EAI_AGAIN'
      ? 'Check the spelling of the tenant, and the network.'
      : 'Check the network, and whether a proxy is needed. Then try again.'
  return new OktaConnectError('network_failed', `${host} cannot be reached (${code}).`, {
    hint,
    cause: causeWithout(error),
  })
}

function proxyError(host: string, code: string, failure: ProxyFailure): OktaConnectError {
  // undici reports the status only in the message.
  const status = /\((\d{3})\)/.exec(messagesOf(failure))?.[1]
  const reason = status === undefined ? code : `HTTP ${status}`
  return new OktaConnectError('network_failed', `The proxy ${failure.proxy} does not connect to ${host} (${reason}).`, {
    hint:
      status === '407'
        ? 'The proxy requires a user name and a password: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT'
        : 'Check HTTPS_PROXY. List hosts that need no proxy in NO_PROXY.',
    cause: causeWithout(failure),
  })
}

function messagesOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${messagesOf(error.cause)}` : ''
}

// Only the code: an error about a malformed response contains the response, and so the token.
function causeWithout(error: unknown): Error {
  const code = causeCode(error)
  return Object.assign(new Error(`fetch failed: ${code}`), { code })
}

// The message of fetch is always "fetch failed". The reason is in its cause, several levels deep for several addresses.
function causeCode(error: unknown): string {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one.message === 'bad port') return 'fetch blocks the port'
    if ('code' in one && typeof one.code === 'string') return one.code
    if (one instanceof AggregateError && one.errors.length > 0) return causeCode(one.errors[0])
  }
  return 'unknown reason'
}

function isCertificateProblem(code: string): boolean {
  return /CERT|^UNABLE_TO_VERIFY|^HOSTNAME_MISMATCH|^CRL_/.test(code)
}
