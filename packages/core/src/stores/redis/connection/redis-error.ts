import { OktaConnectError } from '../../../errors.js'

type Problem = readonly [pattern: RegExp, message: string, hint: string]

/**
 * What an error of a Redis means, by the first word of its answer or by the code of the connection.
 *
 * @see https://redis.io/docs/latest/develop/reference/protocol-spec/#simple-errors
 */
const problems: readonly Problem[] = [
  [
    /^NOAUTH\b|^ERR.* AUTH .*before|HELLO must be called with the client already authenticated/,
    'requires a password',
    'Specify the username and the password in the address: //NAME:PASSWORD@HOST:PORT.',
  ],
  [
    /^WRONGPASS\b|invalid (username-)?password/,
    'rejects the username or the password',
    'Check both in the address. Percent-encode special characters: //NAME:PASSWORD@HOST:PORT.',
  ],
  [
    /^NOPERM\b/,
    'does not allow this user to run a command or access a key',
    'Grant the permissions: ACL SETUSER NAME ~connect-okta:* &* +@all -@dangerous.',
  ],
  [/^READONLY\b/, 'is a replica, which accepts no writes', 'Use the address of the primary.'],
  [/called without any password configured/, 'has no password', 'Remove the password from the address.'],
  [
    /^ERR unknown command/,
    'does not support a command that is needed',
    'Use Redis 6 or later, or Valkey, without renamed commands.',
  ],
  [/^OOM\b/, 'has no memory left', 'Increase maxmemory, or remove keys of other programs.'],
  [
    /^(MOVED|ASK|CROSSSLOT|CLUSTERDOWN)\b/,
    'is a node of a Redis Cluster',
    'Use redis-cluster:// instead of redis://. If it is, wait until the Cluster is available.',
  ],
  [/^LOADING\b/, 'is still loading its data', 'Try again when it has started.'],
  [/^MASTERDOWN\b/, 'has lost its primary', 'Use the address of the primary, or try again when it is back.'],
  [/^MISCONF\b/, 'cannot write its data to the disk', 'Find the reason in the log of the Redis server.'],
  [/^NOREPLICAS\b/, 'has too few replicas to accept writes', 'Start its replicas.'],
  [/^WRONGTYPE\b/, 'has a key with the same name and another type', 'Use another database: rediss://HOST:PORT/1.'],
  [
    /DB index is out of range|invalid DB index/,
    'has no database with this number',
    'Use a smaller number in the address.',
  ],
  [/max number of clients reached/, 'has too many connections', 'Increase maxclients, or close connections.'],
  [
    /^CERT_HAS_EXPIRED|^CERT_NOT_YET_VALID/,
    'has a certificate that has expired or is not valid yet',
    'Renew it, or set the clock of this machine.',
  ],
  [
    /^ERR_TLS_CERT_ALTNAME_INVALID/,
    'has a certificate for another name',
    'Use the name that the certificate contains.',
  ],
  [
    /ALERT|HANDSHAKE/i,
    'rejects the TLS connection',
    'If it requires a client certificate, set it and its key: CONNECT_OKTA_REDIS_CERTIFICATE, CONNECT_OKTA_REDIS_KEY.',
  ],
  [
    /CERT|^UNABLE_TO_VERIFY|SELF_SIGNED/,
    'has a certificate that is not trusted',
    'Set NODE_EXTRA_CA_CERTS, or CONNECT_OKTA_REDIS_CA, to a file with its CA certificate.',
  ],
  [/^NOMASTER\b/, 'has no Sentinel with a primary of this name', 'Check the parameter master of the address.'],
  [/cluster support disabled/, 'is not a Redis Cluster', 'Use redis:// instead of redis-cluster://.'],
  [/^ENOENT/, 'has no socket at this path', 'Check that the Redis server is running, and the path of its socket.'],
  [/^EACCES/, 'denies access to its socket', 'Add this user to the group of the socket: unixsocketperm 770.'],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH/, 'does not use TLS', 'Use redis:// instead of rediss://.'],
  [
    /^(ENOTFOUND|EAI_AGAIN)/,
    'has a host name that cannot be resolved',
    'Check the spelling of the name, and the network.',
  ],
  [/^ECONNREFUSED/, 'refuses connections', 'Check that the Redis server is running, and the port of its address.'],
]

/**
 * The error for a command that failed.
 *
 * @param code the code of the connection's error, if it has one; else the `message` is that of the Redis.
 */
export function redisError(location: string, code: string | undefined, message: string): OktaConnectError {
  const reason = code ?? message
  const known =
    problems.find(([pattern]) => pattern.test(reason)) ?? problems.find(([pattern]) => pattern.test(message))
  const [, problem = 'does not respond', hint = hintForSilence(location)] = known ?? []
  // Only the first word: a server may repeat a command, and so a password.
  const shown = code ?? /^[A-Z][A-Z_0-9]+(?= )/.exec(message)?.[0] ?? message
  return new OktaConnectError('store_failed', `The Redis server ${location} ${problem} (${shown}).`, {
    hint,
    cause: new Error(`redis: ${shown}`),
  })
}

// A server does not answer, or ends the connection, if only one side uses TLS.
function hintForSilence(location: string): string {
  const [scheme = ''] = location.split('://')
  if (scheme === 'unix') return 'Check that the Redis server is running.'
  const plain = scheme.replace('rediss', 'redis')
  const tls = plain.replace('redis', 'rediss')
  const advice =
    scheme === tls
      ? `If it does not use TLS, use ${plain}:// instead of ${tls}://.`
      : `If it uses TLS, use ${tls}:// instead of ${plain}://.`
  return `Check that the Redis server is running, and that its address is right. ${advice}`
}
