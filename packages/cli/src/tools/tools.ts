import { OktaConnectError } from '@connect-okta/core'
import { nearest } from '@connect-okta/core/profiles'

type Variables = Readonly<Record<string, string>>

/** An org, and a token for it. */
export interface DirectAccess {
  readonly orgUrl: URL
  readonly token: string
}

/** An org, and a local proxy for it with its token. */
export interface ProxyAccess extends DirectAccess {
  /** The origin of the proxy. */
  readonly proxyUrl: URL
}

/** A program that calls Okta's API, or a library that it uses: how it is given a token. */
export interface Tool {
  readonly name: string
  /** The programs that are known to be this tool. */
  readonly programs?: readonly string[]
  /** The variables for a token. No function, or `undefined`, if the tool cannot use one, or not at this org. */
  readonly direct?: (access: DirectAccess) => Variables | undefined
  /** The variables for a proxy. No function if the tool cannot use one. */
  readonly proxied?: (access: ProxyAccess) => Variables
  /** The variables that would be used instead. */
  readonly conflicting: readonly string[]
  /** Whether its okta.yaml is used instead of variables. */
  readonly prefersFile?: true
  /** Why it can use neither, and what to do. */
  readonly unsupported?: string
}

const ofTerraform = [
  ...['OKTA_ACCESS_TOKEN', 'OKTA_API_TOKEN', 'OKTA_API_CLIENT_ID', 'OKTA_API_PRIVATE_KEY', 'OKTA_API_PRIVATE_KEY_ID'],
  ...['OKTA_API_SCOPES', 'OKTA_ORG_NAME', 'OKTA_BASE_URL', 'OKTA_HTTP_PROXY'],
]
const ofSdks = [
  ...['AUTHORIZATIONMODE', 'TOKEN', 'ACCESSTOKEN', 'ORGURL', 'OKTADOMAIN', 'CLIENTID', 'CLIENTASSERTION', 'SCOPES'],
  ...['PRIVATEKEY', 'PRIVATEKEYID', 'KEYID', 'JWK', 'DPOPENABLED'],
  ...['PROXY_HOST', 'PROXY_PORT', 'PROXY_USERNAME', 'PROXY_PASSWORD'],
].map(name => `OKTA_CLIENT_${name}`)

/** The SDK for Go drops the port of the org's URL, and sends requests to a proxy in absolute form, as the one for Python does. */
function throughHttpProxy({ orgUrl, proxyUrl, token }: ProxyAccess): Variables {
  return {
    OKTA_CLIENT_AUTHORIZATIONMODE: 'Bearer',
    OKTA_CLIENT_TOKEN: token,
    OKTA_CLIENT_ORGURL: `http://${orgUrl.hostname}`,
    OKTA_CLIENT_PROXY_HOST: proxyUrl.hostname,
    OKTA_CLIENT_PROXY_PORT: proxyUrl.port,
    OKTA_TESTING_DISABLE_HTTPS_CHECK: 'true',
    OKTA_TESTING_TESTINGDISABLEHTTPSCHECK: 'true',
  }
}

function bearer({ orgUrl, token }: DirectAccess): Variables | undefined {
  if (orgUrl.protocol !== 'https:') return undefined
  return { OKTA_CLIENT_AUTHORIZATIONMODE: 'Bearer', OKTA_CLIENT_TOKEN: token, OKTA_CLIENT_ORGURL: orgUrl.origin }
}

const sdk = { direct: bearer, proxied: throughHttpProxy, conflicting: ofSdks }

/**
 * What each tool reads. Sources: okta/config/config.go and okta/api/*.go of terraform-provider-okta, okta/configuration.go of
 * okta-sdk-golang, sdk/configuration.go of okta-cli-client, okta/config of okta-sdk-python, Client/Configuration.cs of okta-sdk-dotnet,
 * src/config-loader.js of okta-sdk-nodejs, auth_manager.py of okta-mcp-server.
 */
export const tools: readonly Tool[] = [
  {
    name: 'terraform',
    programs: ['terraform', 'tofu', 'terragrunt'],
    conflicting: ofTerraform,
    direct({ orgUrl, token }) {
      const name = orgName(orgUrl)
      return name === undefined || orgUrl.protocol !== 'https:' ? undefined : { ...name, OKTA_ACCESS_TOKEN: token }
    },
    proxied: ({ orgUrl, proxyUrl, token }) => ({
      ...orgName(orgUrl),
      OKTA_ACCESS_TOKEN: token,
      OKTA_HTTP_PROXY: proxyUrl.origin,
    }),
  },
  { name: 'okta-sdk', prefersFile: true, ...sdk },
  { name: 'okta-sdk-go', ...sdk },
  { name: 'okta-sdk-python', prefersFile: true, ...sdk },
  {
    name: 'okta-sdk-dotnet',
    conflicting: ofSdks,
    direct({ orgUrl, token }) {
      if (orgUrl.protocol !== 'https:') return undefined
      return dotnet(orgUrl, token)
    },
    proxied: ({ proxyUrl, token }) => ({ ...dotnet(proxyUrl, token), OKTA_TESTING_DISABLEHTTPSCHECK: 'true' }),
  },
  {
    name: 'okta-sdk-nodejs',
    // It sends requests to a proxy of the network, also those for this machine.
    conflicting: [...ofSdks, 'HTTPS_PROXY'],
    proxied: ({ proxyUrl, token }) => ({
      OKTA_CLIENT_AUTHORIZATIONMODE: 'SSWS',
      OKTA_CLIENT_TOKEN: token,
      OKTA_CLIENT_ORGURL: proxyUrl.origin,
    }),
  },
  { name: 'okta-cli-client', programs: ['okta-cli-client'], ...sdk },
  {
    name: 'shell',
    conflicting: ['OKTA_ORG_URL'],
    direct: anyOrg,
    proxied: ({ proxyUrl, token }) => anyOrg({ orgUrl: proxyUrl, token }),
  },
  {
    name: 'okta-mcp-server',
    programs: ['okta-mcp-server'],
    conflicting: [],
    unsupported:
      'It gets its own token, and accepts only an https address, which the local proxy does not have. Configure it with its own key.',
  },
]

/** The names for `--for`, also in messages. */
export const toolNames: readonly string[] = [
  ...tools.flatMap(({ name, unsupported }) => (unsupported === undefined ? [name] : [])),
  'env:NAME',
]

/** The variables with secrets for Okta, which no program needs beside its token. Not those for the proxy of the network. */
export const secretVariable = /^OKTA_(?!.*PROXY).*(TOKEN|SECRET|PRIVATE_?KEY|PASSWORD|API_?KEY|JWK|ASSERTION)$/i

/**
 * Finds the tools that are named, or that a program is.
 *
 * @param names the values of `--for`.
 * @param program the name or path of the program; `undefined` if it is not known.
 * @throws {@link OktaConnectError} `options_invalid`
 */
export function chooseTools(names: readonly string[] | undefined, program: string | undefined): readonly Tool[] {
  if (names !== undefined) return names.map(toolNamed)
  const base = program
    ?.replace(/^.*[\\/]/, '')
    .replace(/\.exe$/i, '')
    .toLowerCase()
  const known = tools.find(({ programs = [] }) => programs.includes(base ?? ''))
  if (known !== undefined) return [known]
  throw new OktaConnectError('options_invalid', 'Missing option: --for.', {
    hint: `The variables of this program are unknown. Specify --for with one of: ${toolNames.join(', ')}.`,
  })
}

function toolNamed(given: string): Tool {
  const [, variable] = /^env:(.*)$/s.exec(given) ?? []
  if (variable !== undefined) return variableNamed(variable)
  const name = given.toLowerCase().replace(/golang$/, 'go')
  const found = tools.find(tool => tool.name === name)
  if (found !== undefined) return found
  const near = nearest(name, toolNames)
  const suggestion = near === undefined ? '' : ` Did you mean ${near}?`
  throw new OktaConnectError('options_invalid', `Unknown tool in --for.${suggestion}`, {
    hint: `Use one of ${toolNames.join(', ')}. For any other tool that reads a token from a variable, use env:NAME.`,
  })
}

function variableNamed(name: string): Tool {
  if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) {
    throw new OktaConnectError('options_invalid', 'Invalid variable name in --for env:NAME.', {
      hint: 'Use letters, digits and _, such as --for env:OKTA_ACCESS_TOKEN.',
    })
  }
  return { name: `env:${name}`, conflicting: [], direct: ({ token }) => ({ [name]: token }) }
}

/** The variables of scripts. */
function anyOrg({ orgUrl, token }: DirectAccess): Variables {
  return { OKTA_ORG_URL: orgUrl.origin, OKTA_ACCESS_TOKEN: token }
}

// https://NAME.BASE_URL
function orgName({ host }: URL): Variables | undefined {
  const [, name, base] = /^([^.:]+)\.([^:]+)$/.exec(host) ?? []
  return name === undefined || base === undefined ? undefined : { OKTA_ORG_NAME: name, OKTA_BASE_URL: base }
}

function dotnet({ origin }: URL, token: string): Variables {
  return {
    OKTA_CLIENT_AUTHORIZATIONMODE: 'BearerToken',
    OKTA_CLIENT_ACCESSTOKEN: token,
    OKTA_CLIENT_OKTADOMAIN: origin,
  }
}
