import { json } from 'node:stream/consumers'
import type { ServiceApp } from './emulated-org.js'
import { load, type Peer } from './peers/peers.js'

// Gets one token by the peer that its stdin names, and ends: a key must not be seen in the list of processes.
const { peer, app } = (await json(process.stdin)) as { peer: Peer; app: ServiceApp }
const getToken = await load(peer)
if ((await getToken(app)) === '') throw new Error('no token came')
// A connection that is kept alive would keep the process.
process.exit(0)
