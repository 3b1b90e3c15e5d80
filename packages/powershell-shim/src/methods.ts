import {
  type ConnectOptions,
  connect,
  type Deps,
  diagnose,
  generateClientKey,
  isOktaConnectError,
  listLogins,
  listProfiles,
  type Notify,
  OktaConnectError,
  type OktaSession,
  openBrowser,
  type ResumeOptions,
  resume,
  saveClientKey,
  type TokenStore,
} from '@connect-okta/core'
import { type ApiRequest, askApi } from './api-request.js'
import { contextOf, contextOfSession, contextOfToken, contextWithoutStore } from './contexts.js'
import type { Method } from './json-rpc.js'

/** Nobody is connected, which is another thing than a login that has run out. */
export class NotConnected extends OktaConnectError {
  constructor() {
    super('login_required', 'Nobody is connected to Okta.', { hint: '' })
  }
}

/** What the methods take from the process. */
export interface World {
  /** Asked for when it is needed: one that cannot be opened throws. */
  readonly store: TokenStore
  notify(method: string, params: unknown): void
  /** Takes notices. */
  readonly tell: Notify
}

/** What the module may ask for. Its parameters are the options of the core, as the user gave them. */
export function methodsFor(world: World): Record<string, Method> {
  const { notify, tell } = world
  let session: OktaSession | undefined
  const deps: Partial<Deps> = {
    get store() {
      return world.store
    },
    notify: tell,
    async showDeviceCode({ verificationUri, verificationUriComplete = null, userCode, expiresAt }) {
      const drawing = verificationUriComplete === null ? null : await qrCodeOf(verificationUriComplete)
      const code = { verificationUri, verificationUriComplete, userCode, expiresAt: expiresAt.getTime() }
      notify('deviceCode', { ...code, drawing })
    },
  }

  // Another session of this person may be connected: the current login of the store is theirs too.
  async function connected(): Promise<OktaSession> {
    session ??= await resume({}, deps).catch((error: unknown) => {
      throw isOktaConnectError(error) && error.code === 'login_required' ? new NotConnected() : error
    })
    return session
  }

  async function connectedOrNot(): Promise<OktaSession | undefined> {
    return await connected().catch((error: unknown) => {
      if (error instanceof NotConnected) return undefined
      throw error
    })
  }

  return {
    async connect({ noBrowser, ...options }, { signal }) {
      const showBrowser = async (url: URL, signal?: AbortSignal) => {
        notify('signIn', { url: url.href, isOpened: noBrowser !== true })
        if (noBrowser !== true) await openBrowser(url, { signal })
      }
      // One that fails leaves the earlier session as it was.
      session = await connect({ ...options, signal } as ConnectOptions, { ...deps, openBrowser: showBrowser })
      return contextOfToken(session, await session.token())
    },

    async resume(options) {
      session = await resume(options as ResumeOptions, deps)
      return contextOfSession(session, await listLogins(deps)) ?? contextWithoutStore(session)
    },

    async token(options, { signal }) {
      const { value, type, expiresAt } = await (await connected()).token({ ...options, signal })
      return { value, type, expiresAt: expiresAt?.getTime() ?? null }
    },

    async api(request, { signal }) {
      return await askApi(await connected(), request as unknown as ApiRequest, signal)
    },

    async context() {
      const found = await connectedOrNot()
      return found === undefined ? null : contextOfSession(found, await listLogins(deps))
    },

    async logins() {
      return (await listLogins(deps)).map(contextOf)
    },

    async disconnect() {
      const ended = await connectedOrNot()
      await ended?.disconnect()
      session = undefined
      return { orgUrl: ended?.orgUrl.origin ?? null }
    },

    async newKey({ path, ...options }) {
      const { privateJwk, publicJwk } = await generateClientKey(options)
      if (typeof path === 'string') await saveClientKey(path, privateJwk)
      const { kid, alg } = publicJwk
      const secret = typeof path === 'string' ? null : JSON.stringify(privateJwk)
      return { keyId: kid, algorithm: alg, publicJwk: JSON.stringify(publicJwk), privateJwk: secret }
    },

    async test(options, { signal }) {
      for await (const finding of diagnose({ ...options, signal }, deps)) notify('finding', finding)
    },

    async profiles() {
      return (await listProfiles()).map(({ name, profile }) => ({ name, tenant: profile.tenant ?? '' }))
    },
  }
}

// Light modules are what a console draws: most are dark. Readers know both.
async function qrCodeOf(text: string): Promise<string> {
  const { renderUnicodeCompact } = await import('uqr')
  return renderUnicodeCompact(text, { border: 2 })
}
