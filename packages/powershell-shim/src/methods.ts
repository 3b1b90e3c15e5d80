import {
  type ConnectOptions,
  connect,
  type Deps,
  type OktaSession,
  openSession,
  type ResumeOptions,
  resume,
} from '@connect-okta/core'
import { printable } from '@connect-okta/core/api'
import { diagnose } from '@connect-okta/core/diagnose'
import { generateClientKey, saveClientKey } from '@connect-okta/core/keys'
import { listProfiles, parseList } from '@connect-okta/core/profiles'
import { openBrowser } from '@connect-okta/core/sign-in'
import { listLogins, type TokenStore } from '@connect-okta/core/stores'
import type { Account, Notify } from '@connect-okta/core/types'
import { apiResponses, contentOf } from './api-output.js'
import { contextOf, contextOfSession, contextOfToken, loginOf } from './contexts.js'
import { hintOf } from './failure.js'
import type { Method } from './line-protocol.js'
import {
  apiTokenNotReturned,
  keyRequiredToRevoke,
  noLastSignIn,
  notConnected,
  signInEnded,
  UnknownSession,
  undefinedIfEnded,
} from './session-errors.js'

/** A session, with the ID that the module gave it. */
interface Connected {
  readonly id: unknown
  /** `undefined` if the saved sign-in that it used has ended. */
  readonly session: OktaSession | undefined
  /** The ID at Okta of the account that signed in. */
  readonly subject: unknown
  /** The record of the stored sign-in that it continues, without the key of the app. */
  readonly recordKey?: unknown
}

/** What the methods need from the process. */
export interface MethodDeps {
  /** Throws if the store cannot be opened. */
  readonly store: TokenStore
  /** Writes a notice to the module. */
  writeNotice(name: string, content: unknown): void
  /** Receives notices of the core. */
  readonly notify: Notify
}

/** Returns the methods that the module can call. Their parameters are the options of the core, as the user gave them. */
export function methodsFor(methodDeps: MethodDeps): Record<string, Method> {
  const { writeNotice, notify } = methodDeps
  let current: Connected | undefined
  const deps: Partial<Deps> = {
    get store() {
      return methodDeps.store
    },
    notify,
    async showDeviceCode({ verificationUri, verificationUriComplete = null, userCode, expiresAt }) {
      const qrCode = verificationUriComplete === null ? null : await qrCodeOf(verificationUriComplete)
      const code = {
        verificationUri: printable(verificationUri),
        verificationUriComplete: verificationUriComplete === null ? null : printable(verificationUriComplete),
        userCode: printable(userCode),
        expiresAt: expiresAt.getTime(),
      }
      writeNotice('deviceCode', { ...code, qrCode })
    },
  }

  // A request uses only the session that it names: a call that was cancelled may have opened another one.
  async function connectedAs(id: unknown): Promise<Connected> {
    if (id === undefined || id === '') throw await notConnected(deps)
    if (current?.id !== id) throw new UnknownSession()
    return current
  }

  async function sessionOf(id: unknown): Promise<OktaSession> {
    const { session } = await connectedAs(id)
    if (session === undefined) throw signInEnded()
    return session
  }

  // Sends no request and never asks a user to sign in.
  async function reopen(
    { recordKey, ...options }: Record<string, unknown>,
    subject: unknown,
  ): Promise<OktaSession | undefined> {
    const accept = typeof subject === 'string' ? { accept: (account: Account) => account.sub === subject } : {}
    if (recordKey === undefined)
      return await openSession({ ...coreOptions(options), ...accept } as ConnectOptions, deps)
    return await resume({ recordKey, ...accept } as ResumeOptions, deps).catch(undefinedIfEnded)
  }

  return {
    async connect({ session: id, noBrowser, ...options }, { signal }) {
      const showBrowser = async (url: URL, signal?: AbortSignal) => {
        writeNotice('signIn', { url: url.href, isOpened: noBrowser !== true })
        if (noBrowser !== true) await openBrowser(url, { signal })
      }
      const session = await connect({ ...coreOptions(options), signal } as ConnectOptions, {
        ...deps,
        openBrowser: showBrowser,
      })
      const token = await session.token()
      const subject = token.account?.sub
      // Only Connect-Okta asks a user to sign in. The cmdlets that follow never do, and use no other account.
      current = { id, session: subject === undefined ? session : await reopen(options, subject), subject }
      return contextOfToken(session, token)
    },

    // Continues the last sign-in of the user, in any program.
    async adopt({ session: id }, { signal }) {
      const login = (await listLogins(deps)).find(({ isCurrent }) => isCurrent)
      if (login === undefined) throw await noLastSignIn(deps)
      const { recordKey } = login
      const session = await resume({ recordKey }, deps)
      const token = await session.token({ signal })
      current = { id, session, subject: token.account?.sub, recordKey }
      return { ...contextOfToken(session, token), recordKey }
    },

    // Opens a session that another Node process of the same PowerShell process connected.
    async restore({ session: id, subject, ...options }) {
      current = { id, session: await reopen(options, subject), subject, recordKey: options.recordKey }
      return null
    },

    async token({ session: id, allowApiToken, ...options }, { signal }) {
      const session = await sessionOf(id)
      if (session.grant === 'api_token' && allowApiToken !== true) throw apiTokenNotReturned()
      const { value, type, expiresAt } = await session.token({ ...options, signal })
      return { value, type, expiresAt: expiresAt?.getTime() ?? null }
    },

    async api({ session: id, method, path, body, paginate }, { signal, writeOutput }) {
      const session = await sessionOf(id)
      const request = { method: `${method}`, path: `${path}`, ...(typeof body === 'string' && { body }) }
      let page = 0
      for await (const response of apiResponses(session, request, paginate === true, signal)) {
        page += 1
        if (page > 1) writeNotice('progress', `Page ${page} of ${path}`)
        const content = contentOf(response)
        if (content !== undefined) await writeOutput(content)
      }
    },

    async context({ session: id }) {
      if (id === undefined || id === '') return null
      const { session, subject } = await connectedAs(id)
      return session === undefined ? null : contextOfSession(session, await listLogins(deps), subject)
    },

    async logins() {
      return (await listLogins(deps)).map(contextOf)
    },

    async disconnect({ session: id, noRevoke }) {
      const { session, subject, recordKey } = await connectedAs(id)
      const logins = await listLogins(deps)
      const resumed = logins.find(login => login.recordKey === recordKey)
      if (noRevoke === true) {
        const login = resumed ?? (session && loginOf(session, logins, subject))
        if (login !== undefined) await methodDeps.store.exclusive(login.recordKey, slot => slot.remove())
      } else {
        if (resumed?.needsCredential) throw keyRequiredToRevoke(resumed)
        await session?.disconnect()
      }
      current = undefined
      return { orgUrl: session?.orgUrl.origin ?? null }
    },

    async newKey({ path, ...options }) {
      const { privateJwk, publicJwk } = await generateClientKey(options)
      if (typeof path === 'string') await saveClientKey(path, privateJwk)
      const { kid, alg } = publicJwk
      const secret = typeof path === 'string' ? null : JSON.stringify(privateJwk)
      return { keyId: kid, algorithm: alg, publicJwk: JSON.stringify(publicJwk), privateJwk: secret }
    },

    async test(options, { signal, writeOutput }) {
      for await (const { remedy, fix, ...finding } of diagnose({ ...coreOptions(options), signal }, deps)) {
        await writeOutput({ ...finding, fix: hintOf(remedy, fix) })
      }
    },

    async profiles() {
      return (await listProfiles()).map(({ name, profile }) => ({ name, tenant: profile.tenant ?? '' }))
    },
  }
}

// The module names the passphrase as its parameter, and a file of it ends with a line end. `n in single quotes is no line end.
function coreOptions(given: Record<string, unknown>): Record<string, unknown> {
  const { keyPassphrase, jsonWebKey, redirectUri, ...options } = given
  return {
    ...options,
    ...(Array.isArray(redirectUri) && { redirectUri: redirectUri.flatMap(parseList) }),
    ...(typeof jsonWebKey === 'string' && { jsonWebKey: jsonWebKey.replaceAll('`r', '').replaceAll('`n', '\n') }),
    ...(typeof keyPassphrase === 'string' && { passphrase: keyPassphrase.replace(/(\r\n?|\n)$/, '') }),
  }
}

// Consoles show light characters on a dark background, or the opposite. QR code readers accept both.
async function qrCodeOf(text: string): Promise<string> {
  const { renderUnicodeCompact } = await import('uqr')
  return renderUnicodeCompact(text, { border: 2 })
}
