// A build starts from nothing: what an earlier one has left would be published.
import { rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
