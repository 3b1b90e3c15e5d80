import { errorCatalogue } from '@connect-okta/core'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv } from '../../app-env.js'
import type { ConnectionStatus, Readiness } from '../../operations/readiness.js'
import { BrowserSession, type SignedInUser } from '../../pages/browser-session.js'
import { copyScript } from '../../pages/copy-script.js'
import { sendPage } from '../../pages/page.js'
import type { RouteDeps } from '../../route-deps.js'

/** The home page: the connections and their status. The name of a user who signed in is only shown in their own browser. */
export function addHome(app: OpenAPIHono<AppEnv>, deps: RouteDeps, readiness: Readiness): void {
  app.get('/assets/copy.js', c =>
    c.body(copyScript, 200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'max-age=3600' }),
  )
  app.get('/', async c => {
    const session = await BrowserSession.of(c, deps)
    const statuses = await readiness.connectionStatuses()
    const { issuer, exampleClient: client = 'CLIENT_ID' } = deps.config
    return await sendPage(c, {
      title: 'Connections',
      content: (
        <>
          <p class="soft">Programs get tokens for these connections at {issuer}/oauth2/token.</p>
          {statuses.map(connection => {
            const { name } = connection.upstream
            const user = Object.hasOwn(session.signedIn, name) ? session.signedIn[name] : undefined
            return <Connection {...{ connection, user, issuer, client, formToken: session.formToken }} />
          })}
        </>
      ),
    })
  })
}

interface ConnectionProps {
  readonly connection: ConnectionStatus
  /** The user who signed in with this browser. */
  readonly user: SignedInUser | undefined
  readonly issuer: string
  readonly client: string
  readonly formToken: string
}

function Connection({ connection, user, issuer, client, formToken }: ConnectionProps) {
  const { name, orgUrl, scopes, isUserConnection } = connection.upstream
  const isReady = connection.status === 'ready'
  const isBearer = isReady && connection.tokenType === 'Bearer'
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
        <dd>{isUserConnection ? 'the user who signs in' : 'an app'}</dd>
        <dt>Scopes</dt>
        <dd>{scopes.join(' ') || 'all rights of the API token'}</dd>
        {connection.status === 'failing' && (
          <>
            <dt>Error</dt>
            <dd>
              {errorCatalogue[connection.code].meaning} <span class="soft">({connection.code})</span>
            </dd>
          </>
        )}
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
            <dt>Signed in</dt>
            <dd>{user.userName}</dd>
          </>
        )}
      </dl>
      {isReady && (
        <details open={user !== undefined}>
          <summary>Copy example</summary>
          {isBearer && (
            <CopyLine
              what="Get a token"
              of={name}
              text={`curl -u ${client} -d grant_type=client_credentials -d connection=${name} ${issuer}/oauth2/token`}
            />
          )}
          <CopyLine
            what="Send a request through the broker"
            of={name}
            text={`curl -u ${client} '${issuer}/proxy/${name}/api/v1/users?limit=5'`}
          />
          <p class="soft">curl prompts for the client secret.</p>
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

function CopyLine({ what, of, text }: { readonly what: string; readonly of: string; readonly text: string }) {
  return (
    <div class="line">
      <p class="soft">{what}</p>
      <pre>{text}</pre>
      <button type="button" class="plain" hidden aria-label={`Copy: ${what}, ${of}`}>
        Copy
      </button>
    </div>
  )
}

function shortTime(date: Date): string {
  return `${date.toISOString().slice(11, 16)} UTC`
}
