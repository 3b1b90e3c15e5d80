import type * as Server from '@connect-okta/server'
import { loadPart } from './load-part.js'

/** What `connect-okta serve` uses of `@connect-okta/server`. */
export const { printConfigSchema, printNewSecret, serve } = loadPart('server/index.cjs') as typeof Server
