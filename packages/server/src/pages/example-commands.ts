import type { Client } from '../clients/client.js'

/** A command that a client can run. */
export interface ExampleCommand {
  readonly what: string
  readonly text: string
  /** How it gets the credentials. */
  readonly note: string
}

/** The client of the examples. */
export interface ExampleClient {
  readonly name: string
  readonly method: 'secret' | 'key' | 'identity'
  /** Whether requests have to name the connection. */
  readonly hasSeveral: boolean
  readonly mayGetTokens: boolean
  readonly maySendRequests: boolean
}

/** The client of a configuration that is not shown. */
export const unnamedClient: ExampleClient = {
  ...{ name: 'CLIENT_ID', method: 'secret', hasSeveral: true, mayGetTokens: true, maySendRequests: true },
}

/** The first client that may use a connection, preferably one that may get its tokens. */
export function exampleClient(connection: string, clients: readonly Client[]): ExampleClient | undefined {
  const matching = clients.filter(one => one.connections.has(connection))
  const client =
    matching.find(({ access }) => access.has('token')) ?? matching.find(({ access }) => access.has('proxy'))
  if (client === undefined) return undefined
  return {
    name: client.name,
    method: client.secretDigests.length > 0 ? 'secret' : client.keys === undefined ? 'identity' : 'key',
    hasSeveral: client.connections.size > 1,
    mayGetTokens: client.access.has('token'),
    maySendRequests: client.access.has('proxy'),
  }
}

const notes = {
  secret: 'Set CONNECT_OKTA_CLIENT_SECRET to the client secret first.',
  key: 'Set CONNECT_OKTA_PRIVATE_KEY to the path of its key first.',
  identity: 'Run it in a CI job or pod of the client. The command finds the identity token there.',
} as const

/**
 * The commands of a client for a connection.
 *
 * @param isBearer whether the broker returns the tokens of the connection.
 */
export function exampleCommands(
  client: ExampleClient,
  connection: string,
  issuer: string,
  isBearer: boolean,
): readonly ExampleCommand[] {
  const { name, method, hasSeveral, mayGetTokens, maySendRequests } = client
  const flags = `--broker ${issuer} --client ${name}${hasSeveral ? ` --connection ${connection}` : ''}`
  const byCurl = { secret: `curl -u ${name}`, note: 'curl prompts for the client secret.' }
  const commands: (ExampleCommand | false)[] = [
    isBearer && mayGetTokens && { what: 'Get a token', text: `connect-okta token ${flags}`, note: notes[method] },
    isBearer &&
      mayGetTokens &&
      method === 'secret' && {
        what: 'Get a token with curl',
        text: `${byCurl.secret} -d grant_type=client_credentials${hasSeveral ? ` -d connection=${connection}` : ''} ${issuer}/oauth2/token`,
        note: byCurl.note,
      },
    maySendRequests && {
      what: 'Send a request through the broker',
      ...(method === 'secret'
        ? { text: `${byCurl.secret} '${issuer}/proxy/${connection}/api/v1/users?limit=5'`, note: byCurl.note }
        : { text: `connect-okta api '/api/v1/users?limit=5' ${flags}`, note: notes[method] }),
    },
  ]
  return commands.filter(command => command !== false)
}
