// Removes the files of an earlier build, which would be published too.
import { rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
