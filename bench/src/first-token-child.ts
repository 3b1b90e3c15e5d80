import { json } from 'node:stream/consumers'
import type { ServiceApp } from './emulated-org.js'
import { load, type Peer } from './peers/peers.js'

// Gets one token with the library that stdin names. The key comes from stdin too, because arguments show in the process list.
const { peer, app } = (await json(process.stdin)) as { peer: Peer; app: ServiceApp }
const getToken = await load(peer)
if ((await getToken(app)) === '') throw new Error('got no token')
// A keep-alive connection would keep the process running.
process.exit(0)
