import { subscribe } from 'node:diagnostics_channel'

let sent = 0
// Every way that a library may take: fetch, and the http module below all others.
for (const channel of ['undici:request:create', 'http.client.request.start']) {
  subscribe(channel, () => {
    sent += 1
  })
}

/** How many HTTP requests this process sends while it does a job. */
export async function requestsOf(job: () => Promise<unknown>): Promise<number> {
  const before = sent
  await job()
  return sent - before
}
