export { build as default } from './set-up.mjs'
