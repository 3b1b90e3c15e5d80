import { serve } from '@hono/node-server'
import { Hono } from 'hono'

// Reads the same form and returns the same bytes as the broker, and does nothing else.
process.on('message', (answer: object) => {
  const app = new Hono()
  app.post('/oauth2/token', async c => {
    const form = new URLSearchParams(await c.req.text())
    if (form.get('grant_type') !== 'client_credentials') return c.json({ error: 'unsupported_grant_type' }, 400)
    return c.json(answer, 200, { 'cache-control': 'no-store', pragma: 'no-cache' })
  })
  serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send?.({ port }))
})
