import { build } from './set-up.mjs'
import { findSystemNeeds } from './system-needs.mjs'

/** Builds what has changed, and tells the tests what the system has for them: `inject('systemNeeds')`. */
export default function beforeTests({ provide }) {
  build()
  provide('systemNeeds', findSystemNeeds())
}
