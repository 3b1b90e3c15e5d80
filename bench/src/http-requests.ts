import { subscribe } from 'node:diagnostics_channel'

let sent = 0
// Libraries use fetch, or the http module, on which all other clients are built.
for (const channel of ['undici:request:create', 'http.client.request.start']) {
  subscribe(channel, () => {
    sent += 1
  })
}

/** Counts the HTTP requests that this process sends during a job. */
export async function requestsOf(job: () => Promise<unknown>): Promise<number> {
  const before = sent
  await job()
  return sent - before
}
