#!/usr/bin/env node
import { prepareRsaKeys } from './keys/rsa-pool.js'

// The default apps need two RSA keys. Other threads generate them while the modules load.
const args = process.argv.slice(2)
if (!args.some(argument => /^(import|--help|-h|--schema|--config.*)$/.test(argument))) prepareRsaKeys(2)

const { run } = await import('./command-line/run.js')
await run(args)
