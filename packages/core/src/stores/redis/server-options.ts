import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { expandHome } from '../../environment.js'
import { decodeText } from '../../files/decode-text.js'
import { unreadableSecret } from '../../files/unreadable-secret.js'
import { unquoted } from '../../unquoted.js'
import type { RedisServerOptions } from './connection/redis-client.js'

type Variables = Readonly<Record<string, string | undefined>>

/** The variables that name a file in PEM. */
const fileVariables = {
  ca: 'CONNECT_OKTA_REDIS_CA',
  certificate: 'CONNECT_OKTA_REDIS_CERTIFICATE',
  key: 'CONNECT_OKTA_REDIS_KEY',
} as const

/**
 * Returns the certificates of a Redis: those that are given, or those in the files that variables name.
 *
 * @throws {@link OktaConnectError} `options_invalid` if a file cannot be read
 */
export function serverOptions(given: RedisServerOptions | undefined, variables: Variables): RedisServerOptions {
  if (given !== undefined) return given
  const found = Object.entries(fileVariables).flatMap(([name, variable]) => {
    const file = unquoted(variables[variable] ?? '')
    return file === '' ? [] : [[name, readPem(file, variable)]]
  })
  return Object.fromEntries(found)
}

function readPem(file: string, variable: string): string {
  const path = resolve(expandHome(file))
  try {
    return decodeText(readFileSync(path))
  } catch (error) {
    throw unreadableSecret(`file of ${variable}`, file, path, error)
  }
}
