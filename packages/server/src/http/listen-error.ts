import { OktaConnectError } from '@connect-okta/core'

/** The error for an address that cannot be listened on: each cause needs something else. */
export function listenError(host: string, port: number, cause: unknown): OktaConnectError {
  const { code } = cause as NodeJS.ErrnoException
  const address = `${host.includes(':') ? `[${host}]` : host}:${port}`
  switch (code) {
    case 'EADDRINUSE':
      return new OktaConnectError('port_in_use', `Another program is using ${address}.`, {
        hint:
          'Stop it, or choose another port: --listen localhost:8091. ' +
          'If users sign in through the broker, register /login/callback on that port with their app.',
        cause,
      })
    case 'EACCES':
    case 'EPERM':
      return invalid(`This user is not allowed to listen on ${address} (${code}).`, portHint(port), cause)
    case 'EADDRNOTAVAIL':
    case 'EINVAL':
      return invalid(
        `${host} is not an address of this machine (${code}).`,
        `Listen on localhost:${port}, on 0.0.0.0:${port} for every address, or on an address that \`ip addr\` or \`ipconfig\` lists.`,
        cause,
      )
    case 'ENOTFOUND':
    case 'EAI_AGAIN':
      return invalid(
        `The host name ${host} cannot be resolved (${code}).`,
        `Listen on an address of this machine, such as 0.0.0.0:${port}, and set issuer to the URL that clients use.`,
        cause,
      )
    case 'EAFNOSUPPORT':
      return invalid(
        `This machine does not support IPv6 (${code}).`,
        `Listen on an IPv4 address: 127.0.0.1:${port}`,
        cause,
      )
    default:
      return invalid(`Cannot listen on ${address} (${code}).`, 'Choose another address: --listen localhost:8090', cause)
  }
}

function portHint(port: number): string {
  if (process.platform === 'win32') {
    return 'Choose a port outside the reserved ranges: netsh interface ipv4 show excludedportrange protocol=tcp'
  }
  return port < 1024
    ? 'Ports below 1024 need root or CAP_NET_BIND_SERVICE. Choose a higher port: --listen localhost:8090'
    : 'A security policy of this machine denies it. Choose another port: --listen localhost:8090'
}

function invalid(message: string, hint: string, cause: unknown): OktaConnectError {
  return new OktaConnectError('options_invalid', message, { hint, cause })
}
