import { z } from 'zod'

/** What a fault does to a response. */
export const faultEffects = z.strictObject({
  delayMs: z.int().min(0).optional(),
  status: z.int().min(200).max(599).optional(),
  retryAfterSeconds: z.int().min(0).optional(),
  headers: z.record(z.string(), z.string()).optional(),
  body: z.string().optional(),
  contentType: z.string().optional(),
  html: z.boolean().optional(),
  huge: z.union([z.boolean(), z.int().min(1)]).optional(),
  truncate: z.boolean().optional(),
  drop: z.boolean().optional(),
  afterwards: z.boolean().optional(),
})

/** A fault: its effects, and the requests that it applies to. */
export const faultSpec = faultEffects.extend({
  endpoint: z.string().startsWith('/').optional(),
  method: z.string().optional(),
  times: z.int().min(1).optional(),
  skip: z.int().min(0).optional(),
})
