import { OktaConnectError } from '../errors.js'
import { ProxyFailure } from './proxy-fetch.js'

/**
 * Says what it means that the network threw, for who calls `session.fetch` or `fetch`.
 *
 * @param host whom the request was for.
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
    return new OktaConnectError('network_failed', `${host} does not speak TLS.`, {
      hint: `If it is on this machine, give the tenant as http://${host}. Elsewhere plain HTTP is not an option.`,
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
  // undici tells the status of a refusal in words alone.
  const status = /\((\d{3})\)/.exec(messagesOf(failure))?.[1]
  const reason = status === undefined ? code : `HTTP ${status}`
  return new OktaConnectError('network_failed', `The proxy ${failure.proxy} gives no way to ${host} (${reason}).`, {
    hint:
      status === '407'
        ? 'It wants a name and a password: HTTPS_PROXY=http://NAME:PASSWORD@HOST:PORT'
        : 'Check HTTPS_PROXY. Hosts that need no proxy go into NO_PROXY.',
    cause: causeWithout(failure),
  })
}

function messagesOf(error: unknown): string {
  return error instanceof Error ? `${error.message} ${messagesOf(error.cause)}` : ''
}

// Names what happened. The error itself stays behind: one about a broken answer holds the answer, and so the token.
function causeWithout(error: unknown): Error {
  const code = causeCode(error)
  return Object.assign(new Error(`fetch failed: ${code}`), { code })
}

// fetch says "fetch failed" and hides the reason in the cause, several layers deep when more addresses were tried.
function causeCode(error: unknown): string {
  for (let one = error; one instanceof Error; one = one.cause) {
    if (one.message === 'bad port') return 'fetch refuses the port'
    if ('code' in one && typeof one.code === 'string') return one.code
    if (one instanceof AggregateError && one.errors.length > 0) return causeCode(one.errors[0])
  }
  return 'unknown reason'
}

function isCertificateProblem(code: string): boolean {
  return /CERT|^UNABLE_TO_VERIFY|^HOSTNAME_MISMATCH|^CRL_/.test(code)
}
