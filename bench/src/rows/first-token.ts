import { type EmulatedOrg, startEmulatedOrg } from '../emulated-org.js'
import { requestsOf } from '../http-requests.js'
import { badgateway, load, msal, oktaSdk, openidClient, ours, type Peer, plainOauth } from '../peers/peers.js'
import type { Row, Work } from '../row.js'

const tokensPerJob = 20

/** The overhead of the core over plain oauth4webapi. */
export const firstToken = rowFor('by key', 'withKey', [openidClient, oktaSdk, msal])

/** The same for an app that requires DPoP, which each side is configured for: a key, a proof, the nonce and another proof. */
export const firstTokenWithDpop = rowFor('by key with DPoP', 'withDpop', [openidClient, oktaSdk])

/** The same with a secret at a custom authorization server. */
export const firstTokenBySecret = rowFor('by secret', 'withSecret', [openidClient, badgateway, msal])

function rowFor(how: string, kind: Exclude<keyof EmulatedOrg, 'close'>, others: readonly Peer[]): Row {
  return {
    name: `${tokensPerJob} first tokens by client credentials, ${how}`,
    ours: ours.what,
    reference: plainOauth.what,
    budget: 1.15,
    against: 'peer',
    pairs: 30,
    async prepare() {
      const org = await startEmulatedOrg()
      const runBy = async (peer: Peer) => {
        const getToken = await load(peer)
        return async (): Promise<Work> => {
          const requests = await requestsOf(async () => {
            for (let times = 0; times < tokensPerJob; times++) {
              if ((await getToken(org[kind])) === '') throw new Error('got no token')
            }
          })
          return { requests }
        }
      }
      return {
        ours: await runBy(ours),
        reference: await runBy(plainOauth),
        others: await Promise.all(others.map(async peer => ({ what: peer.what, run: await runBy(peer) }))),
        close: () => org.close(),
      }
    },
  }
}
