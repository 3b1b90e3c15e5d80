import { connect, resume } from '@connect-okta/core'
import type { TokenStore } from '@connect-okta/core/stores'
import { startEmulatedOrg } from './emulated-org.js'
import { optionsFor } from './peers/connect-okta.js'

/** Connects once with each store, and returns the key of the record. */
export async function logIn(stores: readonly TokenStore[]): Promise<string> {
  const { withSecret, close } = await startEmulatedOrg()
  let recordKey = ''
  for (const store of stores) {
    await connect(optionsFor(withSecret), { store })
    for await (const login of store.list()) recordKey = login.recordKey
  }
  await close()
  return recordKey
}

/** Gets the token of a stored sign-in several times, each time as a program that has just started. */
export async function hit(store: TokenStore, recordKey: string, times: number): Promise<undefined> {
  for (let done = 0; done < times; done++) {
    const { source } = await (await resume({ recordKey }, { store })).token()
    if (source !== 'store') throw new Error('the token did not come from the store')
  }
}
