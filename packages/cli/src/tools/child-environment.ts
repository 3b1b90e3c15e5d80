import { OktaConnectError } from '@connect-okta/core'
import type { Environment } from '@connect-okta/core/profiles'
import { type DirectAccess, type ProxyAccess, secretVariable, type Tool } from './tools.js'

type Variables = Readonly<Record<string, string>>

/** Returns whether every tool can use the token itself, at this org. */
export function canUseToken(tools: readonly Tool[], access: DirectAccess): boolean {
  return tools.every(({ direct }) => direct?.(access) !== undefined)
}

/**
 * The variables that give tools a token: with `proxyUrl` through the proxy.
 *
 * @throws {@link OktaConnectError} `options_invalid` if a tool cannot use a proxy, or two tools read one variable differently
 */
export function toolVariables(tools: readonly Tool[], access: DirectAccess | ProxyAccess): Variables {
  const all: Record<string, string> = {}
  for (const tool of tools) {
    for (const [name, value] of Object.entries(variablesOf(tool, access))) {
      if ((all[name] ?? value) !== value) {
        throw new OktaConnectError('options_invalid', `The tools in --for require different values of ${name}.`, {
          hint: 'Run connect-okta exec once for each of them.',
        })
      }
      all[name] = value
    }
  }
  return all
}

function variablesOf({ name, direct, proxied }: Tool, access: DirectAccess | ProxyAccess): Variables {
  if (!('proxyUrl' in access)) return direct?.(access) ?? {}
  if (proxied !== undefined) return proxied(access)
  throw new OktaConnectError(
    'options_invalid',
    `This connection requires the local proxy, which does not work with --for ${name}.`,
    {
      hint:
        'The token is bound to a key, is a static API token, or is not returned by the broker. Run connect-okta proxy and send the ' +
        'requests to it, or use a different --for.',
    },
  )
}

/**
 * Rejects a tool that can use neither a token nor a proxy.
 *
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function requireSupported(tools: readonly Tool[]): void {
  for (const { name, unsupported } of tools) {
    if (unsupported === undefined) continue
    throw new OktaConnectError('options_invalid', `${name} does not accept a token.`, { hint: unsupported })
  }
}

/** The environment for a program: that of this process with `given`, without other credentials and without the settings of this program. */
export function childEnvironment(
  inherited: Environment['variables'],
  tools: readonly Tool[],
  given: Environment['variables'],
): Environment['variables'] {
  const conflicting = conflictingVariables(inherited, tools)
  const isRemoved = (name: string) => /^CONNECT_OKTA_/i.test(name) || conflicting.includes(name)
  const rest = Object.fromEntries(Object.entries(inherited).filter(([name]) => !isRemoved(name)))
  return { ...rest, ...given }
}

/** The variables that tools would use instead of the token, and other credentials for Okta. */
export function conflictingVariables(inherited: Environment['variables'], tools: readonly Tool[]): readonly string[] {
  const ofTools = new Set(tools.flatMap(({ conflicting }) => conflicting))
  // Windows and some tools ignore the case of a name.
  return Object.keys(inherited).filter(name => secretVariable.test(name) || ofTools.has(name.toUpperCase()))
}

/** Returns whether programs send their requests to a proxy of the network. */
export function hasNetworkProxy(variables: Environment['variables']): boolean {
  return Object.entries(variables).some(([name, value]) => /^(https?|all)_proxy$/i.test(name) && value)
}

/** Adds this machine to the addresses that are reached without a proxy of the network. */
export function withoutNetworkProxy({ NO_PROXY, no_proxy }: Environment['variables']): Variables {
  const all = [NO_PROXY ?? no_proxy, 'localhost', '127.0.0.1'].filter(Boolean).join(',')
  return { NO_PROXY: all, no_proxy: all }
}
