import { errorCatalog } from '@connect-okta/core'
import type { ManagedKeyInfo } from '@connect-okta/core/keys'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../../app-env.js'
import { hintFor } from '../../config/connection-error.js'
import { mayBeForwarded } from '../../http/client-address.js'
import { requiresSignIn } from '../../http/http-error.js'
import { keysPath } from '../../operations/key-rotation.js'
import type { ConnectionStatus, KeyStatus, Readiness } from '../../operations/readiness.js'
import { BrowserSession, type SignedInUser } from '../../pages/browser-session.js'
import {
  type ExampleClient,
  type ExampleCommand,
  exampleClient,
  exampleCommands,
  unnamedClient,
} from '../../pages/example-commands.js'
import { sendPage } from '../../pages/page.js'
import { pageScript } from '../../pages/page-script.js'
import type { RouteDeps } from '../../route-deps.js'

/** The home page: the connections and their status. The name of a user who signed in is only shown in their own browser. */
export function addHome(app: OpenAPIHono<AppEnv>, deps: RouteDeps, readiness: Readiness): void {
  app.get('/assets/page.js', c =>
    c.body(pageScript, 200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'max-age=3600' }),
  )
  app.get('/', async c => {
    const session = await BrowserSession.of(c, deps)
    const [statuses, keys] = await Promise.all([readiness.connectionStatuses(), readiness.keyStatuses()])
    const { issuer } = deps.config
    // Behind a proxy that is not in the configuration, anyone can read them.
    const arePagesPrivate = deps.config.arePagesPrivate && !mayBeForwarded(c)
    return await sendPage(c, {
      title: 'Connections',
      content: (
        <>
          <p class="soft">Programs request tokens for these connections at {issuer}/oauth2/token.</p>
          {statuses.map(connection => {
            const { name } = connection.upstream
            const user = Object.hasOwn(session.signedIn, name) ? session.signedIn[name] : undefined
            const client = arePagesPrivate ? exampleClient(name, deps.config.clients) : unnamedClient
            const key = keys.find(one => one.connection === name)
            const hasDetails = arePagesPrivate || user !== undefined
            return (
              <Connection
                {...{ connection, managedKey: key, user, issuer, client, hasDetails, formToken: session.formToken }}
              />
            )
          })}
        </>
      ),
    })
  })
}

interface ConnectionProps {
  readonly connection: ConnectionStatus
  /** The newest key, if the broker creates it. */
  readonly managedKey: KeyStatus | undefined
  /** The user who signed in with this browser. */
  readonly user: SignedInUser | undefined
  readonly issuer: string
  /** The client of the examples; `undefined` if no client may use the connection. */
  readonly client: ExampleClient | undefined
  /** Whether to show what not everyone may read. */
  readonly hasDetails: boolean
  readonly formToken: string
}

function Connection({ connection, managedKey, user, issuer, client, hasDetails, formToken }: ConnectionProps) {
  const { name, orgUrl, scopes, isUserConnection } = connection.upstream
  const isReady = connection.status === 'ready'
  return (
    <section class="card" aria-labelledby={`connection-${name}`}>
      <div class="head">
        <h2 id={`connection-${name}`}>{name}</h2>
        <Status status={connection.status} />
      </div>
      <dl>
        <dt>Org</dt>
        <dd>{orgUrl.host}</dd>
        <dt>Acts as</dt>
        <dd>{actorOf(connection.upstream, hasDetails)}</dd>
        <dt>Scopes</dt>
        <dd>{scopes.join(' ') || 'all permissions of the API token'}</dd>
        {managedKey !== undefined && <Key {...{ managedKey: managedKey.key, url: issuer + keysPath(name) }} />}
        <Failures {...{ connection, hasDetails }} />
        {isReady && connection.expiresAt !== null && (
          <>
            <dt>Token</dt>
            <dd>
              {connection.tokenType}, valid until{' '}
              <time datetime={connection.expiresAt.toISOString()}>{shortTime(connection.expiresAt)}</time>
            </dd>
          </>
        )}
        {user !== undefined && (
          <>
            <dt>Signed in as</dt>
            <dd>{user.userName}</dd>
          </>
        )}
      </dl>
      {isReady && client !== undefined && (
        <details open={user !== undefined}>
          <summary>Commands</summary>
          {exampleCommands(client, name, issuer, connection.tokenType === 'Bearer').map(command => (
            <CopyLine {...command} of={name} />
          ))}
        </details>
      )}
      {isUserConnection && (
        <div>
          {user === undefined ? (
            <p class="actions">
              <a class={isReady ? 'button plain' : 'button'} href={`/login/${name}`}>
                Sign in
              </a>
            </p>
          ) : (
            <form method="post" action="/logout">
              <input type="hidden" name="form_token" value={formToken} />
              <input type="hidden" name="connection" value={name} />
              <button class="plain" type="submit">
                Sign out
              </button>
            </form>
          )}
        </div>
      )}
    </section>
  )
}

function Status({ status }: { readonly status: ConnectionStatus['status'] }) {
  switch (status) {
    case 'ready':
      return <span class="state good">Ready</span>
    case 'signed_out':
      return <span class="state wait">Sign-in required</span>
    default:
      return <span class="state bad">Error</span>
  }
}

function actorOf({ isUserConnection, clientId }: ConnectionStatus['upstream'], hasDetails: boolean): string {
  if (isUserConnection) return 'the user who signs in'
  return hasDetails && clientId !== undefined ? `the app ${clientId}` : 'an app'
}

function Key({ managedKey, url }: { readonly managedKey: ManagedKeyInfo | undefined; readonly url: string }) {
  if (managedKey === undefined) {
    return (
      <>
        <dt>Key</dt>
        <dd>Cannot be read. See the log.</dd>
      </>
    )
  }
  const { kid, createdAt, acceptedAt, rejectedAt } = managedKey
  const outcome =
    rejectedAt !== undefined
      ? 'rejected by Okta'
      : acceptedAt === undefined
        ? 'not used yet'
        : `accepted by Okta since ${day(acceptedAt)}`
  return (
    <>
      <dt>Key</dt>
      <dd>
        {kid}, created <time datetime={createdAt.toISOString()}>{day(createdAt)}</time>, {outcome}
        {acceptedAt === undefined && <span class="soft">. Okta must fetch it from {url}</span>}
      </dd>
    </>
  )
}

// Everyone can read a page of a public broker: it has only the code of an error.
function Failures({ connection, hasDetails }: Pick<ConnectionProps, 'connection' | 'hasDetails'>) {
  const { lastFailure } = connection.upstream
  const isFailing = connection.status === 'failing'
  // The error output of a signing command may contain paths.
  const isHidden = !hasDetails || lastFailure?.error.code === 'signer_failed'
  if (isFailing && (isHidden || lastFailure?.error.code !== connection.code)) {
    const { code } = connection
    return (
      <>
        <dt>Error</dt>
        <dd>
          {errorCatalog[code].meaning} <span class="soft">({code})</span>
        </dd>
      </>
    )
  }
  if (isHidden || lastFailure === undefined || requiresSignIn(lastFailure.error.code)) return null
  const { error, at } = lastFailure
  return (
    <>
      <dt>{isFailing ? 'Error' : 'Last error'}</dt>
      <dd>
        {error.message} {hintFor(error)}{' '}
        <span class="soft">
          ({error.code}, <time datetime={at.toISOString()}>{shortTime(at)}</time>)
        </span>
      </dd>
    </>
  )
}

function CopyLine({ what, of, text, note }: ExampleCommand & { readonly of: string }) {
  return (
    <div class="line">
      <p class="soft">{what}</p>
      <pre>{text}</pre>
      <button type="button" class="plain" hidden aria-label={`Copy: ${what}, ${of}`}>
        Copy
      </button>
      <p class="soft">{note}</p>
    </div>
  )
}

function day(date: Date): string {
  return date.toISOString().slice(0, 10)
}

function shortTime(date: Date): string {
  return `${date.toISOString().slice(11, 16)} UTC`
}
