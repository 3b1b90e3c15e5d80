import { errorCatalogue } from '@connect-okta/core'
import type { OpenAPIHono } from '@hono/zod-openapi'
import type { AppEnv, World } from '../../app-env.js'
import type { ConnectionState, Readiness } from '../../operations/readiness.js'
import { BrowserSession, type Person } from '../../pages/browser-session.js'
import { copyScript } from '../../pages/copy-script.js'
import { sendPage } from '../../pages/page.js'

/** The front page: the connections and how they are. Who signed in is shown in their own browser alone. */
export function addHome(app: OpenAPIHono<AppEnv>, world: World, readiness: Readiness): void {
  app.get('/assets/copy.js', c =>
    c.body(copyScript, 200, { 'content-type': 'text/javascript; charset=utf-8', 'cache-control': 'max-age=3600' }),
  )
  app.get('/', async c => {
    const session = await BrowserSession.of(c, world)
    const states = await readiness.states()
    const { issuer, shownCaller: caller = 'CALLER' } = world.config
    return await sendPage(c, {
      title: 'Connections',
      content: (
        <>
          <p class="soft">Programs get tokens of these connections at {issuer}/oauth2/token.</p>
          {states.map(state => {
            const { name } = state.upstream
            const person = Object.hasOwn(session.signedIn, name) ? session.signedIn[name] : undefined
            return <Connection {...{ state, person, issuer, caller, formToken: session.formToken }} />
          })}
        </>
      ),
    })
  })
}

interface ConnectionProps {
  readonly state: ConnectionState
  /** Who signed in in this browser. */
  readonly person: Person | undefined
  readonly issuer: string
  readonly caller: string
  readonly formToken: string
}

function Connection({ state, person, issuer, caller, formToken }: ConnectionProps) {
  const { name, orgUrl, scopes, isPersonal } = state.upstream
  const isBearer = state.is === 'ready' && state.tokenType === 'Bearer'
  return (
    <section class="card" aria-labelledby={`connection-${name}`}>
      <div class="head">
        <h2 id={`connection-${name}`}>{name}</h2>
        <State state={state} />
      </div>
      <dl>
        <dt>Org</dt>
        <dd>{orgUrl.host}</dd>
        <dt>Used by</dt>
        <dd>{isPersonal ? 'a person who signs in' : 'an app with its own key'}</dd>
        <dt>Scopes</dt>
        <dd>{scopes.join(' ') || 'those of the API token'}</dd>
        {state.is === 'failing' && (
          <>
            <dt>Fault</dt>
            <dd>
              {errorCatalogue[state.code].meaning} <span class="soft">({state.code})</span>
            </dd>
          </>
        )}
        {state.is === 'ready' && state.expiresAt !== null && (
          <>
            <dt>Token</dt>
            <dd>
              {state.tokenType}, good until{' '}
              <time datetime={state.expiresAt.toISOString()}>{shortTime(state.expiresAt)}</time>
            </dd>
          </>
        )}
        {person !== undefined && (
          <>
            <dt>Signed in</dt>
            <dd>{person.userName}</dd>
          </>
        )}
      </dl>
      {state.is === 'ready' && (
        <details open={person !== undefined}>
          <summary>Use it</summary>
          {isBearer && (
            <CopyLine
              what="A token"
              of={name}
              text={`curl -u ${caller} -d grant_type=client_credentials -d connection=${name} ${issuer}/oauth2/token`}
            />
          )}
          <CopyLine
            what="A request that the broker sends"
            of={name}
            text={`curl -u ${caller} '${issuer}/proxy/${name}/api/v1/users?limit=5'`}
          />
          <p class="soft">curl asks for the secret of the caller.</p>
        </details>
      )}
      {isPersonal && (
        <div>
          {person === undefined ? (
            <p class="actions">
              <a class={state.is === 'ready' ? 'button plain' : 'button'} href={`/login/${name}`}>
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

function State({ state }: { readonly state: ConnectionState }) {
  switch (state.is) {
    case 'ready':
      return <span class="state good">Ready</span>
    case 'signed_out':
      return <span class="state wait">Somebody has to sign in</span>
    default:
      return <span class="state bad">Not working</span>
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
